//! Figures that nobody counts as they change: they are looked at when somebody asks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::gauge;
use tokio::sync::Mutex;
use tokio::time::timeout;
use wharf_domain::connection::{ConnectionState, ReauthReason};
use wharf_domain::environment::Environment;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::trail::Trail as _;
use wharf_domain::provider::Provider;
use wharf_persistence::{ConnectionCount, Database, ErasureCount, OutboxCount, PoolStatus};

pub(super) const BUILD_INFO: &str = "wharf_build_info";
pub(super) const START_TIME: &str = "process_start_time_seconds";
pub(super) const DATABASE_UP: &str = "wharf_database_up";
pub(super) const DATABASE_CONNECTIONS: &str = "wharf_database_connections";
pub(super) const DATABASE_WAITING: &str = "wharf_database_waiting";
pub(super) const CONNECTIONS: &str = "wharf_connections";
pub(super) const OUTBOX_STEPS: &str = "wharf_outbox_steps";
pub(super) const OUTBOX_AGE: &str = "wharf_outbox_age_seconds";
pub(super) const ERASURES: &str = "wharf_erasures";
pub(super) const AUDIT_SEQ_GAP: &str = "wharf_audit_seq_gap";
pub(super) const AUDIT_AGE: &str = "wharf_audit_age_seconds";

/// Rows are counted no more often than this, however many ask.
const COUNT_LIFE: Duration = Duration::from_secs(15);

/// Whoever asks does not wait longer for the rows to be counted.
const COUNT_PATIENCE: Duration = Duration::from_secs(2);

/// Every state that a connection can be in; the reason is not told.
const STATES: [ConnectionState; 3] = [
    ConnectionState::Active,
    ConnectionState::RequiresReauth(ReauthReason::PasswordRefused),
    ConnectionState::Unreachable,
];

/// Looks at what is to be known.
#[derive(Clone)]
pub(crate) struct Gauges {
    database: Database,
    environment: Environment,
    counted: Arc<Mutex<Option<Instant>>>,
}

impl Gauges {
    /// Gauges on this database.
    pub(crate) fn new(database: Database, environment: Environment) -> Self {
        Self {
            database,
            environment,
            counted: Arc::default(),
        }
    }

    /// What is known once and for all.
    pub(crate) fn set_constants(&self) {
        gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
        let started = self.environment.now().as_unix_micros();
        gauge!(START_TIME).set(Duration::from_micros(started.unsigned_abs()).as_secs_f64());
    }

    /// Sets every gauge. Rows are counted anew after a while only.
    pub(crate) async fn sample(&self) {
        set_pool(self.database.pool_status());
        let mut counted = self.counted.lock().await;
        if counted.is_some_and(|at| at.elapsed() < COUNT_LIFE) {
            return;
        }
        let count = timeout(COUNT_PATIENCE, self.count()).await;
        let is_up = matches!(count, Ok(Ok(())));
        gauge!(DATABASE_UP).set(if is_up { 1 } else { 0 });
        *counted = Some(Instant::now());
    }

    async fn count(&self) -> Result<(), RepositoryError> {
        set_connections(&self.database.count_connections().await?);
        self.set_outbox(self.database.count_steps().await?);
        let now = self.environment.now();
        set_erasures(self.database.count_erasures(now).await?);
        self.set_audit().await
    }

    /// How far the audit trail lies behind.
    async fn set_audit(&self) -> Result<(), RepositoryError> {
        let waiting = self.database.count_waiting().await?;
        let oldest = self.database.waiting(1).await?;
        let now = self.environment.now();
        let age = oldest.first().map(|event| now.since(event.at));
        gauge!(AUDIT_SEQ_GAP).set(waiting as f64);
        gauge!(AUDIT_AGE).set(age.unwrap_or_default().as_secs_f64());
        Ok(())
    }

    fn set_outbox(&self, count: OutboxCount) {
        let OutboxCount {
            waiting,
            oldest,
            given_up,
        } = count;
        let age = oldest.map(|oldest| self.environment.now().since(oldest));
        gauge!(OUTBOX_STEPS, "state" => "waiting").set(waiting as f64);
        gauge!(OUTBOX_STEPS, "state" => "given_up").set(given_up as f64);
        gauge!(OUTBOX_AGE).set(age.unwrap_or_default().as_secs_f64());
    }
}

fn set_erasures(count: ErasureCount) {
    let ErasureCount { running, overdue } = count;
    gauge!(ERASURES, "state" => "running").set(running as f64);
    gauge!(ERASURES, "state" => "overdue").set(overdue as f64);
}

fn set_pool(status: PoolStatus) {
    let PoolStatus {
        in_use,
        idle,
        waiting,
    } = status;
    gauge!(DATABASE_CONNECTIONS, "state" => "in_use").set(in_use as f64);
    gauge!(DATABASE_CONNECTIONS, "state" => "idle").set(idle as f64);
    gauge!(DATABASE_WAITING).set(waiting as f64);
}

/// Sets every combination there can be, so that what is there no more is none.
fn set_connections(counts: &[ConnectionCount]) {
    for provider in Provider::ALL.map(Provider::as_str) {
        for status in STATES.map(ConnectionState::as_str) {
            let mut found = counts.iter();
            let found = found.find(|it| it.provider == provider && it.status == status);
            let count = found.map_or(0, |found| found.count);
            gauge!(CONNECTIONS, "provider" => provider, "status" => status).set(count as f64);
        }
    }
}

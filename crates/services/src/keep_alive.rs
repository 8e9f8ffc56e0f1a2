//! Grants that nobody uses are renewed for their own sake, well before their providers end them. It
//! knows no request and no storage.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use wharf_domain::connection::Connection;
use wharf_domain::context::{Actor, Context, RequestId};
use wharf_domain::environment::Environment;
use wharf_domain::ports::refreshes::Refreshes;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;

use crate::connections::Refresher;
use crate::connections::freshness::spread;
use crate::connections::refresh::LEASE;

/// How often idle grants are looked for.
const EVERY: Duration = Duration::from_secs(3600);

/// The longest that a process waits before it looks for the first time, so that replicas that start
/// together do not look together.
const AT_START: Duration = Duration::from_secs(600);

/// How many idle connections are read at once.
const PAGE: usize = 100;

/// How many grants are renewed at once, and how many a second at most: ten thousand that fall due
/// together take a quarter of an hour, and the provider does not notice.
const AT_ONCE: usize = 4;
const PER_SECOND: u32 = 10;

/// Renews idle grants as long as the process lives.
#[derive(Clone)]
pub struct KeepAlive {
    refreshes: Arc<dyn Refreshes>,
    refresher: Refresher,
    environment: Environment,
}

impl fmt::Debug for KeepAlive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepAlive").finish_non_exhaustive()
    }
}

impl KeepAlive {
    /// A job on these ports.
    pub fn new(
        refreshes: Arc<dyn Refreshes>,
        refresher: Refresher,
        environment: Environment,
    ) -> Self {
        Self {
            refreshes,
            refresher,
            environment,
        }
    }

    /// Looks for idle grants, again and again, until it is told to stop.
    pub async fn run(self, stopping: CancellationToken) {
        let chance = u16::from_be_bytes(self.environment.random_bytes());
        let mut pause = AT_START * u32::from(chance) / u32::from(u16::MAX);
        while stopping.run_until_cancelled(sleep(pause)).await.is_some() {
            let renewed = stopping.run_until_cancelled(self.renew_idle()).await;
            if let Some(Err(error)) = renewed {
                tracing::warn!(%error, "idle grants could not be looked for");
            }
            pause = EVERY;
        }
    }

    /// Renews every grant that has been idle for long enough; gives how many it tried.
    ///
    /// Whatever comes of one, the others follow: one that fails is tried again the next time. What
    /// another replica has renewed meanwhile is left alone, for the row decides.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew_idle(&self) -> Result<usize, RepositoryError> {
        let mut tried = 0;
        for provider in Provider::ALL {
            if let Some(limit) = provider.renew_idle_after() {
                tried += self.renew_idle_of(provider, limit).await?;
            }
        }
        Ok(tried)
    }

    async fn renew_idle_of(
        &self,
        provider: Provider,
        limit: Duration,
    ) -> Result<usize, RepositoryError> {
        let now = self.environment.now();
        // The earliest that any of them is due.
        let before = minus(now, limit - limit / 10);
        let (mut tried, mut after) = (0, None);
        loop {
            let page = self.refreshes.idle(provider, before, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(tried);
            };
            after = Some((last.renewed_at, last.id));
            let due = page.into_iter().filter(|idle| is_due(idle, limit, now));
            tried += self.renew_all(due.collect()).await;
        }
    }

    /// Renews these, some at once, each in its time.
    async fn renew_all(&self, due: Vec<Connection>) -> usize {
        let begun = Instant::now();
        let apace = stream::iter(due.into_iter().zip(0_u32..)).map(|(idle, number)| {
            let at = begun + Duration::from_secs(1) * number / PER_SECOND;
            self.clone().renew_at(at, idle)
        });
        apace.buffered(AT_ONCE).count().await
    }

    async fn renew_at(self, at: Instant, idle: Connection) {
        sleep_until(at).await;
        let context = Context {
            actor: Actor::System,
            request: RequestId(self.environment.random_bytes()),
            client: None,
        };
        if let Err(error) = self.refresher.renew(&context, &idle, LEASE).await {
            tracing::info!(connection = %idle.id, %error, "an idle grant could not be renewed");
        }
    }
}

/// Each has its own moment in the last tenth of the time, so that those who connected together are not
/// renewed together.
fn is_due(idle: &Connection, limit: Duration, now: Timestamp) -> bool {
    let permille = 900 + spread(idle.id, idle.renewed_at) % 101;
    now.since(idle.renewed_at) >= limit / 1000 * permille
}

fn minus(now: Timestamp, duration: Duration) -> Timestamp {
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_unix_micros(now.as_unix_micros().saturating_sub(micros))
}

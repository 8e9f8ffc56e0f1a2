//! A process that serves tells that it is there, and which of the operator's keys it has. Others wait for it
//! before they use a key that it might lack.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use wharf_crypto::LiveKeyring;
use wharf_domain::environment::Environment;
use wharf_domain::id::ReplicaId;
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::ports::replicas::Replicas;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::replica::Replica;
use wharf_domain::time::Timestamp;

use crate::operator_keys::row_id;

/// How often it is looked whether there is something new to tell.
const LOOK: Duration = Duration::from_millis(500);

/// Whoever was silent for so long is forgotten: longer than anybody looks back.
const FORGOTTEN_AFTER_MICROS: i64 = 3600 * 1_000_000;

/// Tells of this process as long as it serves.
#[derive(Clone)]
pub struct Heartbeat {
    id: ReplicaId,
    started_at: Timestamp,
    keyring: LiveKeyring,
    replicas: Arc<dyn Replicas>,
    environment: Environment,
}

impl fmt::Debug for Heartbeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heartbeat")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Heartbeat {
    /// A heartbeat of a process with these keys.
    pub fn new(
        keyring: LiveKeyring,
        replicas: Arc<dyn Replicas>,
        environment: Environment,
    ) -> Self {
        Self {
            id: environment.new_id(),
            started_at: environment.now(),
            keyring,
            replicas,
            environment,
        }
    }

    /// Tells once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tell(&self) -> Result<(), RepositoryError> {
        self.tell_of(self.keys()).await
    }

    /// Tells again and again, and at once when the keys have changed, until it is told to stop; then takes
    /// its leave.
    pub async fn run(self, stopping: CancellationToken) {
        let mut last: Option<(Vec<OperatorKeyId>, Instant)> = None;
        loop {
            let keys = self.keys();
            let is_told = last
                .as_ref()
                .is_some_and(|(told, at)| *told == keys && at.elapsed() < Replica::BEAT);
            if !is_told {
                let at = Instant::now();
                match self.tell_of(keys.clone()).await {
                    Ok(()) => last = Some((keys, at)),
                    Err(error) => {
                        tracing::warn!(%error, "this process could not tell that it is there");
                        stopping.run_until_cancelled(sleep(Replica::BEAT)).await;
                    }
                }
            }
            if stopping.run_until_cancelled(sleep(LOOK)).await.is_none() {
                break;
            }
        }
        if let Err(error) = self.replicas.leave(self.id).await {
            tracing::warn!(%error, "this process could not take its leave; the others notice by its silence");
        }
    }

    /// The keys that are in force, the primary one first.
    fn keys(&self) -> Vec<OperatorKeyId> {
        let keyring = self.keyring.current();
        keyring.sealing_keys().map(|key| row_id(key.id)).collect()
    }

    async fn tell_of(&self, keys: Vec<OperatorKeyId>) -> Result<(), RepositoryError> {
        let Some(primary_key) = keys.first().copied() else {
            return Ok(());
        };
        let seen_at = self.environment.now();
        let forget_before = seen_at
            .as_unix_micros()
            .saturating_sub(FORGOTTEN_AFTER_MICROS);
        let replica = Replica {
            id: self.id,
            started_at: self.started_at,
            seen_at,
            primary_key,
            keys,
        };
        let forget_before = Timestamp::from_unix_micros(forget_before);
        self.replicas.tell(&replica, forget_before).await
    }
}

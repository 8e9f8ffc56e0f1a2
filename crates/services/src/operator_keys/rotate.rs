//! Another key takes the place of the primary one while everybody goes on (K-06): it is added, waited for,
//! promoted, and then every record is wrapped by it.
//!
//! Each step leaves what the next begins with in the key file or in rows, so a rotation that broke off goes
//! on where it was, and one that is over changes nothing.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use wharf_crypto::{KeyId, KeyState};
use wharf_domain::context::Context;
use wharf_domain::event::{Action, Event};
use wharf_domain::id::ReplicaId;
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::replica::Replica;

use super::turn::Turn;
use super::{KeysError, OperatorKeys, file_id, row_id};

/// How often replicas are looked at that are waited for.
const LOOK: Duration = Duration::from_millis(250);

/// How far a rotation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A new key is in the key file.
    Added(OperatorKeyId),
    /// So many servers have not loaded the key yet, or not as the primary one.
    Waiting {
        /// How many.
        servers: usize,
    },
    /// The key wraps what is new.
    Promoted(OperatorKeyId),
    /// Records are wrapped anew.
    Rewrapping {
        /// How many are.
        done: u64,
        /// How many there are to be.
        total: u64,
    },
}

/// What a rotation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The primary key.
    pub key: OperatorKeyId,
    /// No key was added: this brought an earlier rotation to its end.
    pub resumed: bool,
    /// How many records were wrapped anew.
    pub rewrapped: u64,
    /// How many do not open, and were left as they are.
    pub damaged: u64,
}

type Watcher<'a> = &'a mut (dyn FnMut(Progress) + Send);

impl OperatorKeys {
    /// Has another key take the place of the primary one, or brings a rotation to its end that was broken
    /// off. Servers are waited for that have not loaded the key, for `patience` each time.
    ///
    /// # Errors
    /// Whoever is in the way, or if the database or the key file fails. It goes on from there the next time.
    pub async fn rotate(
        &self,
        context: &Context,
        patience: Duration,
        progress: Watcher<'_>,
    ) -> Result<Rotated, KeysError> {
        let turn = self.take_turn().await?;
        let rotated = self.rotate_within(turn, context, patience, progress).await;
        self.end_turn(turn).await;
        rotated
    }

    async fn rotate_within(
        &self,
        turn: Turn,
        context: &Context,
        patience: Duration,
        progress: Watcher<'_>,
    ) -> Result<Rotated, KeysError> {
        self.keyring.refresh()?;
        self.check().await?;
        let (id, resumed) = match self.added() {
            Some(id) => {
                self.remember(&self.keyring.current(), id, false).await?;
                (id, true)
            }
            None => {
                let finished = self.finish(turn, context, patience, progress).await?;
                if finished.resumed {
                    return Ok(finished);
                }
                (self.add(turn).await?, false)
            }
        };
        progress(Progress::Added(id));
        self.wait(turn, id, patience, progress, |replica| {
            replica.keys.contains(&id)
        })
        .await?;
        self.keep_turn(turn).await?;
        self.keyring
            .change(|keyring| match keyring.promote(file_id(id)) {
                true => Ok(true),
                // Somebody has put another file in its place meanwhile.
                false => Err(KeysError::Unknown { id }),
            })?;
        let finished = self.finish(turn, context, patience, progress).await?;
        Ok(Rotated {
            resumed,
            ..finished
        })
    }

    /// Everything behind the promotion: its event, and the records. It is `resumed` if there was anything
    /// to be done.
    async fn finish(
        &self,
        turn: Turn,
        context: &Context,
        patience: Duration,
        progress: Watcher<'_>,
    ) -> Result<Rotated, KeysError> {
        let key = row_id(self.keyring.current().primary_id());
        let action = Action::KeyRotated { key };
        let event = Event::new(&self.environment, context, action, None);
        let now = self.environment.now();
        let is_promoted = self.rows.promoted(key, now, &[event]).await?;
        if is_promoted {
            progress(Progress::Promoted(key));
        }
        // Whoever still wraps by another key would make more of what is to be done.
        self.wait(turn, key, patience, progress, |replica| {
            replica.primary_key == key
        })
        .await?;
        let walk = self.rewrap_all(turn, progress).await?;
        Ok(Rotated {
            key,
            resumed: is_promoted || walk.rewrapped > 0,
            rewrapped: walk.rewrapped,
            damaged: walk.damaged,
        })
    }

    /// The key that waits to be promoted.
    fn added(&self) -> Option<OperatorKeyId> {
        let keyring = self.keyring.current();
        let mut keys = keyring.sealing_keys();
        let added = keys.find(|key| key.state == KeyState::Added);
        added.map(|key| row_id(key.id))
    }

    async fn add(&self, turn: Turn) -> Result<OperatorKeyId, KeysError> {
        self.keep_turn(turn).await?;
        let now_secs = self.now_secs();
        let mut added: Option<KeyId> = None;
        self.keyring.change(|keyring| {
            added = Some(keyring.add(now_secs)?);
            Ok::<_, KeysError>(true)
        })?;
        let keyring = self.keyring.current();
        let id = row_id(added.unwrap_or_else(|| keyring.primary_id()));
        self.remember(&keyring, id, false).await?;
        Ok(id)
    }

    /// Waits until every process that serves is as it must be.
    async fn wait(
        &self,
        turn: Turn,
        key: OperatorKeyId,
        patience: Duration,
        progress: Watcher<'_>,
        is_ready: impl Fn(&Replica) -> bool,
    ) -> Result<(), KeysError> {
        let deadline = Instant::now() + patience;
        loop {
            self.keep_turn(turn).await?;
            let mut replicas = self.live_replicas().await?;
            replicas.retain(|replica| !is_ready(replica));
            if replicas.is_empty() {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let replicas: Vec<ReplicaId> = replicas.iter().map(|it| it.id).collect();
                return Err(KeysError::NotEverywhere { key, replicas });
            }
            let servers = replicas.len();
            progress(Progress::Waiting { servers });
            sleep(LOOK).await;
        }
    }
}

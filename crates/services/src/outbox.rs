//! The outbox at work: steps that changes left behind are tried until they are done, less and less
//! often, and given up in the end. What a step does is said elsewhere.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use wharf_domain::environment::Environment;
use wharf_domain::ports::oauth::OAuthErrorKind;
use wharf_domain::ports::outbox::{Claim, Outbox};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::step::{Step, StepKind};
use wharf_domain::time::Timestamp;

use crate::erasures::Erasures;
use crate::error::ServiceError;
use crate::revocations::Revocations;
use crate::turns::Turns;
use crate::vault::VaultError;

/// How long a step belongs to whoever has claimed it.
pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// After so long a step is given up.
pub(crate) const DEADLINE: Duration = Duration::from_secs(72 * 3600);

/// How long a step that takes long belongs to whoever showed last that they are at it, and how often
/// they show it.
const LASTING_LEASE: Duration = Duration::from_secs(20);
const BEAT: Duration = Duration::from_secs(5);

/// How long the worker lets a step take: well within its lease.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest pause after the first attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause there is.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How often the outbox is looked into when nothing is due.
const POLL: Duration = Duration::from_secs(1);

/// How many steps are tried at the same time.
const SLOTS: usize = 8;

/// How many of them may be storages that are cleared, which may take hours.
const SLOTS_FOR_ERASURES: usize = 5;

/// The longest pause of a step that found no room.
const TURN_PAUSE: Duration = Duration::from_secs(5);

/// How many of them may wait for the same provider: one that does not answer leaves room for others.
const SLOTS_PER_PROVIDER: usize = 4;

/// Somebody's claim on a step, and one attempt at it.
pub(crate) struct Attempt<'a> {
    pub(crate) outbox: &'a dyn Outbox,
    pub(crate) environment: &'a Environment,
    /// The step as it was claimed.
    pub(crate) step: &'a Step,
}

/// Why an attempt did not do its step.
pub(crate) enum Undone {
    /// It could not be done.
    Failed(ServiceError),
    /// It took too long.
    TooLong,
    /// Another version of Wharf has written down what is to be done.
    Unknown,
    /// Others were at the same provider, so that it was not even tried.
    NoTurn,
    /// It must not be done before then.
    NotBefore(Timestamp),
    /// The process ends, and whoever comes next goes on with it.
    Stopping,
}

impl From<ServiceError> for Undone {
    fn from(error: ServiceError) -> Self {
        Self::Failed(error)
    }
}

impl fmt::Display for Undone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::TooLong => f.write_str("it took too long"),
            Self::Unknown => f.write_str("another version left it behind"),
            Self::NoTurn => f.write_str("the provider is busy with others"),
            Self::NotBefore(_) => f.write_str("it is too early"),
            Self::Stopping => f.write_str("the process ends"),
        }
    }
}

impl Undone {
    /// Whether the step is given up.
    fn is_final(&self, is_over: bool) -> bool {
        match self {
            Self::Failed(error) => is_over || is_final(error),
            Self::TooLong | Self::Unknown => is_over,
            Self::NoTurn | Self::NotBefore(_) | Self::Stopping => false,
        }
    }
}

impl Attempt<'_> {
    /// Does the work, and says in the outbox what came of it. `None` if it is not done.
    pub(crate) async fn make<T, E: Into<Undone>>(
        &self,
        patience: Duration,
        work: impl Future<Output = Result<T, E>>,
    ) -> Option<T> {
        let worked = timeout(patience, work).await;
        self.conclude(match worked {
            Ok(worked) => worked.map_err(E::into),
            Err(_) => Err(Undone::TooLong),
        })
        .await
    }

    /// Does work that may take long, and says again and again that somebody is at it. It is dropped as
    /// soon as somebody else is.
    async fn make_lasting(&self, work: impl Future<Output = Result<(), Undone>>) {
        tokio::select! {
            worked = work => { self.conclude(worked).await; }
            () = self.keep_claim() => {
                tracing::warn!(step = %self.step.id, "a step is somebody else's by now");
            }
        }
    }

    /// Until somebody else has the step.
    async fn keep_claim(&self) {
        loop {
            let until = self.environment.now().plus(LASTING_LEASE);
            match self.outbox.postpone(self.claim(), until).await {
                Ok(false) => return,
                Ok(true) => {}
                Err(error) => {
                    tracing::warn!(step = %self.step.id, %error, "a claim could not be kept up");
                }
            }
            sleep(BEAT).await;
        }
    }

    /// Says in the outbox what came of the work.
    async fn conclude<T>(&self, worked: Result<T, Undone>) -> Option<T> {
        let (done, said) = match worked {
            Ok(value) => (Some(value), self.outbox.complete(self.claim()).await),
            Err(undone) => (None, self.put_off(&undone).await),
        };
        if let Err(error) = said {
            // The lease ends, and the step is taken up again: a step may be done twice.
            tracing::warn!(step = %self.step.id, %error, "the outbox could not be told of a step");
        }
        done
    }

    fn claim(&self) -> Claim {
        Claim::from(self.step)
    }

    /// Another time, or never.
    async fn put_off(&self, why: &Undone) -> Result<bool, RepositoryError> {
        let Step { id, attempts, .. } = *self.step;
        let (now, deadline) = (self.environment.now(), self.step.deadline);
        // Steps of erasures know themselves when they have ended.
        let may_be_given_up = self.step.kind == StepKind::RevokeGrant;
        if may_be_given_up && why.is_final(now >= deadline) {
            tracing::error!(step = %id, kind = self.step.kind.as_str(), attempts, reason = %why, "a step is given up");
            return self.outbox.bury(self.claim(), now).await;
        }
        tracing::info!(step = %id, kind = self.step.kind.as_str(), attempts, reason = %why, "a step is put off");
        let due_at = match why {
            Undone::NotBefore(then) => *then,
            Undone::Stopping => now,
            _ => now.plus(self.pause(why)),
        };
        // However long the pause, there is a last attempt at the deadline, or as soon after as there is
        // room for it.
        let due_at = if now < deadline {
            due_at.min(deadline)
        } else {
            due_at
        };
        self.outbox.postpone(self.claim(), due_at).await
    }

    /// Full jitter: any time up to the longest pause, so that those who failed together do not come
    /// back together. Whoever asks for patience gets it.
    fn pause(&self, why: &Undone) -> Duration {
        let longest = match why {
            Undone::NoTurn => TURN_PAUSE,
            _ => longest_pause(self.step.attempts),
        };
        let chance = u64::from_be_bytes(self.environment.random_bytes());
        let longest_millis = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        let pause = Duration::from_millis(chance % longest_millis.saturating_add(1));
        pause.max(asked_for(why).unwrap_or_default())
    }
}

fn longest_pause(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    LONGEST_PAUSE.min(FIRST_PAUSE * 2_u32.pow(doublings))
}

/// The patience that a provider asked for.
fn asked_for(why: &Undone) -> Option<Duration> {
    match why {
        Undone::Failed(ServiceError::OAuth(error)) => match error.kind {
            OAuthErrorKind::Unavailable { retry_after } => retry_after,
            _ => None,
        },
        Undone::Failed(ServiceError::Storage(error)) => match error.kind {
            StorageErrorKind::RateLimited { retry_after } => retry_after,
            _ => None,
        },
        _ => None,
    }
}

/// Whether no later attempt can come to another end.
fn is_final(error: &ServiceError) -> bool {
    matches!(
        error,
        ServiceError::Vault(VaultError::Refused | VaultError::NoDataKey)
    )
}

/// Looks into the outbox as long as the process lives.
#[derive(Clone)]
pub struct OutboxWorker {
    outbox: Arc<dyn Outbox>,
    revocations: Revocations,
    erasures: Option<Erasures>,
    environment: Environment,
    turns: Turns,
    erasing: Arc<Semaphore>,
}

impl fmt::Debug for OutboxWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxWorker").finish_non_exhaustive()
    }
}

impl OutboxWorker {
    /// A worker on this outbox, which leaves the steps of erasures to others.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        revocations: Revocations,
        environment: Environment,
    ) -> Self {
        Self {
            outbox,
            revocations,
            erasures: None,
            environment,
            turns: Turns::new(SLOTS_PER_PROVIDER),
            erasing: Arc::new(Semaphore::new(SLOTS_FOR_ERASURES)),
        }
    }

    /// The same worker, which does the steps of erasures, too.
    #[must_use]
    pub fn erasing(self, erasures: Erasures) -> Self {
        Self {
            erasures: Some(erasures),
            ..self
        }
    }

    /// Does what is due, again and again, until it is told to stop. What it has begun by then ends. One
    /// that takes long holds up no other as long as there are slots.
    ///
    /// Each step is a task of its own: whoever waits here for the database must not keep those from going on
    /// who have it.
    pub async fn run(self, stopping: CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut is_well = true;
        while !stopping.is_cancelled() {
            match self.claim(SLOTS.saturating_sub(under_way.len())).await {
                Ok(steps) => {
                    is_well = true;
                    for step in steps {
                        let (worker, stopping) = (self.clone(), stopping.clone());
                        under_way.spawn(async move { worker.attempt(step, &stopping).await });
                    }
                }
                Err(error) => {
                    if is_well {
                        tracing::warn!(%error, "the outbox cannot be read");
                    }
                    is_well = false;
                }
            }
            tokio::select! {
                Some(ended) = under_way.join_next() => tell_if_panicked(&ended),
                () = sleep(POLL) => {}
                () = stopping.cancelled() => {}
            }
        }
        while let Some(ended) = under_way.join_next().await {
            tell_if_panicked(&ended);
        }
    }

    /// Takes steps that are due, so many at most.
    async fn claim(&self, free: usize) -> Result<Vec<Step>, RepositoryError> {
        if free == 0 {
            return Ok(Vec::new());
        }
        let now = self.environment.now();
        self.outbox.claim(now, now.plus(LEASE), free).await
    }

    async fn attempt(&self, step: Step, stopping: &CancellationToken) {
        let attempt = Attempt {
            outbox: &*self.outbox,
            environment: &self.environment,
            step: &step,
        };
        match step.kind {
            StepKind::RevokeGrant => {
                attempt.make(PATIENCE, self.revoke(&step)).await;
            }
            StepKind::RecordDeletion => {
                attempt.make(PATIENCE, self.record(&step)).await;
            }
            StepKind::ErasePart => {
                attempt.make_lasting(self.clear(&step, stopping)).await;
            }
        }
    }

    async fn record(&self, step: &Step) -> Result<(), Undone> {
        let erasures = self.erasures.as_ref().ok_or(Undone::Unknown)?;
        erasures.record(step).await
    }

    async fn clear(&self, step: &Step, stopping: &CancellationToken) -> Result<(), Undone> {
        let erasures = self.erasures.as_ref().ok_or(Undone::Unknown)?;
        let _turn = self.erasing.try_acquire().map_err(|_| Undone::NoTurn)?;
        erasures.clear(step, stopping).await
    }

    async fn revoke(&self, step: &Step) -> Result<(), Undone> {
        let what = self.revocations.open(step).await?;
        let turn = self.turns.try_take(what.provider());
        let _turn = turn.ok_or(Undone::NoTurn)?;
        self.revocations.end_one(&what).await?;
        Ok(())
    }
}

/// The step is taken up again when its lease ends.
fn tell_if_panicked(ended: &Result<(), JoinError>) {
    if ended.is_err() {
        tracing::error!("a step panicked");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn a_step_is_given_up_when_its_time_is_over_or_nothing_can_come_of_it() {
        let refused = || Undone::from(ServiceError::from(VaultError::Refused));
        let contended = || Undone::from(ServiceError::Contended);
        for (why, in_time, over) in [
            (refused(), true, true),
            (contended(), false, true),
            (Undone::TooLong, false, true),
            (Undone::Unknown, false, true),
            // It has not had its last attempt yet.
            (Undone::NoTurn, false, false),
            (Undone::Stopping, false, false),
            (
                Undone::NotBefore(Timestamp::from_unix_micros(0)),
                false,
                false,
            ),
        ] {
            assert_eq!(why.is_final(false), in_time, "{why}");
            assert_eq!(why.is_final(true), over, "{why}");
        }
    }

    //
    #[test]
    fn pauses_double_from_a_second_to_an_hour() {
        let pauses =
            [1, 2, 3, 12, 13, 14, u32::MAX].map(|attempts| longest_pause(attempts).as_secs());
        assert_eq!(pauses, [1, 2, 4, 2048, 3600, 3600, 3600]);
    }
}

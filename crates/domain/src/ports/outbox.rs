//! The port to the outbox: steps that changes have left behind. It knows no work and no timetable.
//!
//! A change saves its steps in its own transaction; see
//! [`Connections::disconnect`](super::connections::Connections::disconnect). Whoever claims a step
//! holds it for a while and no longer: what is said of it later counts for nothing.

use async_trait::async_trait;

use crate::id::StepId;
use crate::ports::repository::RepositoryError;
use crate::step::Step;
use crate::time::Timestamp;

/// A hold on a step: its id, and which taking-up it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The step.
    pub step: StepId,
    /// The step's [`attempts`](Step::attempts) with this one counted.
    pub attempt: u32,
}

impl From<&Step> for Claim {
    fn from(step: &Step) -> Self {
        Self {
            step: step.id,
            attempt: step.attempts,
        }
    }
}

/// The steps that are to be done.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Adds a step that no change left behind.
    async fn add(&self, step: &Step) -> Result<(), RepositoryError>;

    /// Takes up to `limit` steps that are due at `now`, longest due first: each goes to one of all who
    /// ask at the same time, with one attempt more, and is due again at `lease_ends`. Those of a kind that
    /// only another version knows are left to it; one that cannot be read is taken and not given.
    async fn claim(
        &self,
        now: Timestamp,
        lease_ends: Timestamp,
        limit: usize,
    ) -> Result<Vec<Step>, RepositoryError>;

    /// The step is done and goes. `false` if the claim is over: somebody else has taken it up.
    async fn complete(&self, claim: Claim) -> Result<bool, RepositoryError>;

    /// The step is tried again at `due_at`. `false` if the claim is over.
    async fn postpone(&self, claim: Claim, due_at: Timestamp) -> Result<bool, RepositoryError>;

    /// The step is given up: it stays as a row for the operator, without its payload, and is never due
    /// again. `false` if the claim is over.
    async fn bury(&self, claim: Claim, now: Timestamp) -> Result<bool, RepositoryError>;
}

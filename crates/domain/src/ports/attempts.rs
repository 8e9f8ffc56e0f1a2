//! The port to what is counted for a while, so that nobody tries again and again.

use std::time::Duration;

use async_trait::async_trait;

/// What attempts are counted on: a kind of thing, and the digest of which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttemptKey {
    /// The kind, a stable name.
    pub purpose: &'static str,
    /// The digest of the thing, which may be personal.
    pub digest: [u8; 32],
}

/// How many attempts there may be, within how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptLimit {
    /// The most attempts.
    pub most: u32,
    /// From the first attempt on; after that it is counted anew.
    pub within: Duration,
}

/// There were as many attempts as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts")]
pub struct TooManyAttempts {
    /// How long until there may be another.
    pub retry_after: Duration,
}

/// Counts attempts. Replicas count together where they share something to count in; where that is out
/// of reach each counts for itself, to half the limit.
#[async_trait]
pub trait Attempts: Send + Sync {
    /// Counts an attempt.
    ///
    /// # Errors
    /// If there were as many as there may be. Then it is not counted.
    async fn count(&self, key: AttemptKey, limit: AttemptLimit) -> Result<(), TooManyAttempts>;

    /// Takes one attempt back: it was none of those that matter.
    async fn take_back(&self, key: AttemptKey);

    /// Forgets all attempts.
    async fn forget(&self, key: AttemptKey);
}

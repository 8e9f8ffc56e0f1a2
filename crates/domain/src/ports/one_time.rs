//! The port to records that are taken once: what an authorization that has begun must find again.
//! It knows neither what a record says nor how it is sealed.

use std::time::Duration;

use async_trait::async_trait;

/// Names a record: the SHA-256 of a secret that only its holder knows, and what it is for (O-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OneTimeKey {
    /// What the record is for; records of different uses never meet.
    pub purpose: &'static str,
    /// The digest of the secret.
    pub digest: [u8; 32],
}

/// Why records cannot be kept or found at the moment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OneTimeError {
    /// So many are kept that there is no room for one more; none is ever dropped to make room.
    #[error("there is no room for another record")]
    Full,
    /// The place where they are kept does not answer.
    #[error("the records cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Records that are kept for a while and taken once, by whoever comes first (O-02).
#[async_trait]
pub trait OneTimeRecords: Send + Sync {
    /// Keeps a record for `life` at most, in place of any of the same name.
    ///
    /// # Errors
    /// [`OneTimeError`].
    async fn put(
        &self,
        key: OneTimeKey,
        record: Vec<u8>,
        life: Duration,
    ) -> Result<(), OneTimeError>;

    /// Takes a record away: of all who ask at the same time, one gets it.
    ///
    /// # Errors
    /// [`OneTimeError::Unavailable`]; the record may be gone then.
    async fn take(&self, key: &OneTimeKey) -> Result<Option<Vec<u8>>, OneTimeError>;
}

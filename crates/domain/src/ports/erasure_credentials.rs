//! The port to the credentials that erasures still need: whoever deletes documents with one may have to
//! renew it, and so may whoever was about to when the account was deleted. It knows no key.

use async_trait::async_trait;

use crate::erasure::Erasure;
use crate::id::{ConnectionId, StepId};
use crate::ports::repository::RepositoryError;
use crate::step::SealedPayload;
use crate::time::Timestamp;

/// What is sealed for a part of an erasure, and which of its versions that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartCredential {
    /// The sealed bytes.
    pub sealed: SealedPayload,
    /// Counts from 1; a new token is a new version.
    pub version: u32,
    /// Until then whoever was renewing it when the account was deleted may bring another.
    pub held_until: Option<Timestamp>,
}

/// The credentials that erasures still need.
#[async_trait]
pub trait ErasureCredentials: Send + Sync {
    /// What became of a connection's credential, if an erasure still needs it: the erasure, its part,
    /// and what is sealed.
    async fn of_connection(
        &self,
        id: ConnectionId,
    ) -> Result<Option<(Erasure, StepId, PartCredential)>, RepositoryError>;

    /// Puts another credential in the place of the one of version `replaced`. `false` if that is not
    /// there any more.
    async fn replace(
        &self,
        part: StepId,
        credential: &SealedPayload,
        replaced: u32,
    ) -> Result<bool, RepositoryError>;
}

//! The port to the claims by which refreshes of a credential exclude each other. It knows no
//! token and no provider.
//!
//! The row decides, whatever else may save load: whoever has the latest claim may write, and nobody
//! else. See ADR 0019.

use std::time::Duration;

use async_trait::async_trait;

use crate::connection::{Connection, ConnectionStatus, SealedCredential};
use crate::event::Event;
use crate::id::{ConnectionId, UserId};
use crate::ports::repository::RepositoryError;
use crate::provider::Provider;
use crate::time::Timestamp;

/// The right to refresh one credential, until somebody else claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshClaim {
    /// The user whose connection it is.
    pub owner: UserId,
    /// The connection.
    pub connection: ConnectionId,
    /// The version of the credential that is to be replaced.
    pub credential_version: u32,
    /// Tells this claim from all others on the connection.
    pub epoch: u64,
    /// Whether it is not known what became of an earlier claim on the same credential: its holder may
    /// have used the refresh token.
    pub follows_unresolved: bool,
}

/// What is known of the refresh token at the end of a claim that brought no new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// The provider has not used it for this claim; earlier ones are as known or unknown as before.
    No,
    /// The provider may have used it.
    Perhaps,
}

/// Where a walk through idle connections stands: behind this one.
pub type IdlePosition = (Timestamp, ConnectionId);

/// The claims. Each names the owner and is one change of the connection's row.
#[async_trait]
pub trait Refreshes: Send + Sync {
    /// Claims the refresh of a live connection's credential of this version until `now + lease`.
    ///
    /// That the refresh token is going to be used is durable when this returns. `None` if the
    /// credential has another version or none, was refused, or somebody else's claim is in force. A
    /// claim that ends later than `now + 2 * lease` was made by a clock that is far ahead, and is not in
    /// force; clocks that differ by less than a lease exclude each other.
    async fn claim(
        &self,
        connection: &Connection,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<RefreshClaim>, RepositoryError>;

    /// Saves the next version of the credential and ends the claim. `false` if the claim is not the
    /// latest, or the credential is another by now, or none: nothing is saved then.
    async fn commit(
        &self,
        claim: &RefreshClaim,
        credential: &SealedCredential,
        now: Timestamp,
    ) -> Result<bool, RepositoryError>;

    /// Ends the claim without a new credential. `false` if it is not the latest.
    async fn release(
        &self,
        claim: &RefreshClaim,
        presented: Presented,
    ) -> Result<bool, RepositoryError>;

    /// Marks the connection and ends the claim. `false` as with [`commit`](Self::commit).
    async fn refuse(
        &self,
        claim: &RefreshClaim,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;

    /// Up to `limit` live connections of a provider, whoever owns them, whose credential came before
    /// `renewed_before` and was not refused: longest idle first, from behind `after`.
    async fn idle(
        &self,
        provider: Provider,
        renewed_before: Timestamp,
        after: Option<IdlePosition>,
        limit: usize,
    ) -> Result<Vec<Connection>, RepositoryError>;
}

//! Ending a connection, with a receipt of what was done and what was not.

use wharf_domain::context::Context;
use wharf_domain::event::Action;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::provider::Provider;

use super::Connections;
use crate::error::ServiceError;

/// What ending a connection did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The connection that was ended.
    pub connection: ConnectionId,
    /// The kind of storage.
    pub provider: Provider,
    /// Whether the provider was told.
    pub revocation: Revocation,
    /// How many documents still lie in that storage; they come back when it is connected again.
    pub documents_left: u64,
    /// Whether it was the default storage, which is the house from now on.
    pub was_default: bool,
}

/// Whether the provider was told that the credential is not to be accepted any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The provider has no way to be told: the person changes the password there.
    Unsupported,
}

impl Connections {
    /// Ends a connection: its credential is destroyed at once, its documents stay where they are.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], also for a connection that is ended already.
    pub async fn disconnect(
        &self,
        context: &Context,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Receipt, ServiceError> {
        let provider = self.live(owner, id).await?.provider;
        let event = self.event(context, Action::CloudDisconnected { provider }, id);
        let ended = self
            .connections
            .disconnect(owner, id, &[event])
            .await?
            .ok_or(ServiceError::NotFound)?;
        // What is cached may be seen without asking whether the connection is still there.
        self.forget_listings(id).await;
        Ok(Receipt {
            connection: id,
            provider,
            revocation: Revocation::Unsupported,
            documents_left: ended.documents,
            was_default: ended.was_default,
        })
    }
}

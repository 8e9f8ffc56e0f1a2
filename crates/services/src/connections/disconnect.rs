//! Ending a connection, with a receipt of what was done and what was not.

use wharf_domain::connection::Connection;
use wharf_domain::context::Context;
use wharf_domain::event::Action;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::provider::Provider;

use super::Connections;
use super::connect::ATTEMPTS;
use crate::error::ServiceError;
use crate::revocations::{Ended, Left};

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
    /// The provider was told, or had ended it already.
    Done,
    /// The provider could not be told yet: that is tried again for three days.
    Pending,
    /// The provider has no way to be told: the person ends it there.
    Unsupported,
    /// Another connection stands on the same consent, so that it was left in force.
    InUse,
    /// The stored credential was damaged, so that the provider could not be told: the person ends it
    /// there.
    Failed,
}

impl Connections {
    /// Ends a connection: its credential is destroyed at once, its documents stay where they are. The
    /// provider is told that the grant is over, now or later.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], also for a connection that is ended already;
    /// [`VaultError::KeyUnavailable`](crate::vault::VaultError::KeyUnavailable) if the provider could not
    /// be told for want of a key: nothing is changed then.
    pub async fn disconnect(
        &self,
        context: &Context,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Receipt, ServiceError> {
        let (this, context) = (self.clone(), context.clone());
        let ending = async move {
            for _ in 0..ATTEMPTS {
                let connection = this.live(owner, id).await?;
                if let Some(receipt) = this.try_disconnect(&context, &connection).await? {
                    return Ok(receipt);
                }
            }
            Err(ServiceError::Contended)
        };
        self.tasks.complete(ending).await
    }

    /// `None` if the connection has another credential by now, or none.
    async fn try_disconnect(
        &self,
        context: &Context,
        connection: &Connection,
    ) -> Result<Option<Receipt>, ServiceError> {
        let Connection {
            id,
            owner,
            provider,
            credential_version,
            ..
        } = *connection;
        let left = self.revocations.of_connection(connection).await?;
        let steps = match &left {
            Left::Step(step) => std::slice::from_ref(&**step),
            Left::Nothing | Left::Over | Left::Unreadable => &[],
        };
        let event = self.event(context, Action::CloudDisconnected { provider }, id);
        let ended = self
            .connections
            .disconnect(owner, id, credential_version, steps, &[event])
            .await?;
        let Some(ended) = ended else {
            return Ok(None);
        };
        // What is cached may be seen without asking whether the connection is still there.
        self.forget_listings(id).await;
        let revocation = match &left {
            Left::Step(step) => self.revocations.try_at_once(step).await.into(),
            Left::Nothing => Revocation::Unsupported,
            Left::Over => Revocation::Done,
            Left::Unreadable => Revocation::Failed,
        };
        Ok(Some(Receipt {
            connection: id,
            provider,
            revocation,
            documents_left: ended.documents,
            was_default: ended.was_default,
        }))
    }
}

impl From<Option<Ended>> for Revocation {
    fn from(ended: Option<Ended>) -> Self {
        match ended {
            Some(Ended::Told) => Self::Done,
            Some(Ended::Untold) => Self::Unsupported,
            Some(Ended::InUse) => Self::InUse,
            None => Self::Pending,
        }
    }
}

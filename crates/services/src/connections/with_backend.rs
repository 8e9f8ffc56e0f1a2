//! One call through a connection: the credential is opened, the storage is asked, and what the
//! answer says about the connection is kept.

use std::sync::Arc;

use wharf_domain::connection::{Connection, ConnectionState, ConnectionStatus, ReauthReason};
use wharf_domain::context::Context;
use wharf_domain::credential::Credential;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::storage::{
    AddressRefusal, StorageBackend, StorageError, StorageErrorKind,
};

use super::renewing::Renewing;
use super::{Connections, says_unreachable};
use crate::error::ServiceError;
use crate::meters;
use crate::vault::CredentialOf;

impl Connections {
    /// Runs `call` with the connection's storage, whose access token is renewed as it is needed.
    ///
    /// A refused password marks the connection at once, and a marked connection is not tried again
    /// until the user has entered the credential anew: servers lock out whoever repeats a wrong
    /// password (D-03). A storage that is out of reach makes the connection unreachable until it
    /// answers again.
    ///
    /// # Errors
    /// [`ServiceError::StorageDisconnected`], [`ServiceError::RequiresReauth`],
    /// [`ServiceError::RefreshPending`], or what the provider or the storage said.
    pub(crate) async fn with_backend<T, F>(
        &self,
        context: &Context,
        connection: &Connection,
        call: impl FnOnce(Arc<dyn StorageBackend>) -> F,
    ) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        let sealed = connection
            .credential
            .as_ref()
            .ok_or(ServiceError::StorageDisconnected)?;
        if let ConnectionState::RequiresReauth(_) = connection.status.state {
            return Err(ServiceError::RequiresReauth);
        }
        let credential = self
            .vault
            .open(CredentialOf::from(connection), sealed)
            .await?;
        let tokens = match credential {
            Credential::OAuth(tokens) => tokens,
            password @ Credential::Basic { .. } => {
                let backend =
                    self.backends
                        .open(connection.provider, &connection.endpoint, &password);
                drop(password);
                return self
                    .concluded(context, connection, call(backend).await)
                    .await;
            }
        };
        let storage = self.refresher.storage(connection.provider)?;
        let connection = Arc::new(connection.clone());
        let behalf = context.clone();
        let renewing = Renewing::new(self.clone(), behalf, storage, connection, tokens);
        let renewing = Arc::new(renewing);
        let outcome = call(Arc::clone(&renewing) as Arc<dyn StorageBackend>).await;
        match renewing.refusal() {
            Some(refusal) if outcome.is_err() => Err(refusal),
            _ => {
                let connection = renewing.connection().await;
                self.concluded(context, &connection, outcome).await
            }
        }
    }

    /// Keeps what an answer says about the connection.
    async fn concluded<T>(
        &self,
        context: &Context,
        connection: &Connection,
        outcome: Result<T, StorageError>,
    ) -> Result<T, ServiceError> {
        match outcome {
            Ok(value) => {
                self.note(connection, ConnectionState::Active).await;
                Ok(value)
            }
            Err(error) if error.kind == StorageErrorKind::CredentialRefused => {
                self.require_reauth(context, connection).await?;
                Err(ServiceError::RequiresReauth)
            }
            Err(error) => {
                if error.kind == StorageErrorKind::IntegrityMismatch {
                    self.record_mismatch(context, connection).await?;
                }
                if says_unreachable(&error.kind) {
                    self.note(connection, ConnectionState::Unreachable).await;
                }
                Err(self.out_of_reach(context, connection, error).await?)
            }
        }
    }

    /// Writes down whether the storage can be reached, where that has changed. The call that found it
    /// out does not depend on it.
    pub(super) async fn note(&self, connection: &Connection, state: ConnectionState) {
        if connection.status.state == state {
            return;
        }
        let status = ConnectionStatus {
            state,
            since: self.environment.now(),
        };
        let Connection {
            owner,
            id,
            credential_version,
            ..
        } = *connection;
        let noted = self
            .connections
            .set_status(owner, id, credential_version, status, &[])
            .await;
        if let Err(error) = noted {
            tracing::warn!(connection = %id, %error, "a connection's status could not be kept");
        }
    }

    /// A server that was connected once and whose address is refused now has moved, or pretends to.
    /// It is out of reach; whoever asks now did not type the address.
    async fn out_of_reach(
        &self,
        context: &Context,
        connection: &Connection,
        error: StorageError,
    ) -> Result<ServiceError, ServiceError> {
        let StorageErrorKind::AddressRefused(refusal) = &error.kind else {
            return Ok(error.into());
        };
        self.record_blocked(context, refusal, Some(connection.id))
            .await?;
        let unreachable = StorageErrorKind::Unreachable;
        let told = StorageError::new(unreachable, error.operation, error.provider);
        Ok(told.caused_by(error).into())
    }

    /// Records that an address was refused, unless there was none to refuse.
    pub(super) async fn record_blocked(
        &self,
        context: &Context,
        refusal: &AddressRefusal,
        connection: Option<ConnectionId>,
    ) -> Result<(), ServiceError> {
        if !refusal.found {
            return Ok(());
        }
        let action = Action::EgressBlocked { rule: refusal.rule };
        let resource = connection.map(Resource::Connection);
        let event = Event::new(&self.environment, context, action, resource);
        Ok(self.events.record(&event).await?)
    }

    /// that a storage kept other bytes than were sent is worth knowing.
    async fn record_mismatch(
        &self,
        context: &Context,
        connection: &Connection,
    ) -> Result<(), ServiceError> {
        let Connection { id, provider, .. } = *connection;
        meters::integrity_mismatched(provider.as_str());
        let event = self.event(context, Action::IntegrityMismatch { provider }, id);
        Ok(self.events.record(&event).await?)
    }

    async fn require_reauth(
        &self,
        context: &Context,
        connection: &Connection,
    ) -> Result<(), ServiceError> {
        let Connection {
            id,
            owner,
            provider,
            credential_version,
            ..
        } = *connection;
        let state = ConnectionState::RequiresReauth(ReauthReason::PasswordRefused);
        let status = ConnectionStatus {
            state,
            since: self.environment.now(),
        };
        let event = self.event(context, Action::CloudRequiresReauth { provider }, id);
        // A newer credential than the refused one is left in peace.
        self.connections
            .set_status(owner, id, credential_version, status, &[event])
            .await?;
        Ok(())
    }
}

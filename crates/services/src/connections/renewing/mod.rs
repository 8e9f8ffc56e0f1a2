//! A storage behind an access token that is renewed as it is used: before it ends, and once if it is
//! refused. Whoever uses the storage does not notice.

mod backend;
mod body;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use wharf_domain::connection::{Connection, Endpoint};
use wharf_domain::context::Context;
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::ports::oauth::OAuthErrorKind;
use wharf_domain::ports::storage::{
    Capabilities, Operation, StorageBackend, StorageError, StorageErrorKind,
};

use super::Connections;
use super::freshness::{Due, Lasting, due};
use super::refresh::PATIENCE;
use crate::error::ServiceError;
use crate::vault::{CredentialOf, VaultError};

/// How long a call waits for a token that would be better, but that it can do without.
const LITTLE_PATIENCE: Duration = Duration::from_secs(2);

/// A connection's storage, with whatever token is the newest.
pub(super) struct Renewing {
    connections: Connections,
    context: Context,
    /// Where tokens go: not what the row says, which is not the operator's word.
    storage: Endpoint,
    capabilities: Capabilities,
    held: AsyncMutex<Held>,
    /// Why no token could be got: more than a storage's error can tell.
    refusal: Mutex<Option<ServiceError>>,
}

/// The credential in use.
struct Held {
    connection: Arc<Connection>,
    tokens: OAuthTokens,
    backend: Arc<dyn StorageBackend>,
    /// Whether it came after this storage was opened: if it is refused, another will not do better.
    is_fresh: bool,
}

impl Renewing {
    pub(super) fn new(
        connections: Connections,
        context: Context,
        storage: Endpoint,
        connection: Arc<Connection>,
        tokens: OAuthTokens,
    ) -> Self {
        let held = connections.held(&storage, connection, tokens, false);
        Self {
            connections,
            context,
            storage,
            capabilities: held.backend.capabilities(),
            held: AsyncMutex::new(held),
            refusal: Mutex::new(None),
        }
    }

    /// The connection with the credential that is in use.
    pub(super) async fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.held.lock().await.connection)
    }

    /// Why no token could be got, if that is what kept a call from being made.
    pub(super) fn refusal(&self) -> Option<ServiceError> {
        self.refusal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Makes a call with a token that is good for it, and once more if the token is refused all the
    /// same.
    async fn call<T, F>(
        &self,
        operation: Operation,
        lasting: Lasting,
        call: impl Fn(Arc<dyn StorageBackend>) -> F,
    ) -> Result<T, StorageError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        let ready = self.ready(lasting).await;
        let (backend, version) = ready.map_err(|error| self.refuse(operation, error))?;
        let refused = match call(backend).await {
            Err(error) if error.kind == StorageErrorKind::TokenExpired => error,
            outcome => return outcome,
        };
        match self.after_refusal(version).await {
            Ok(Some(backend)) => call(backend).await,
            Ok(None) => Err(refused),
            Err(error) => Err(self.refuse(operation, error)),
        }
    }

    /// The storage with a token that is good for a call, and which token it is.
    async fn ready(
        &self,
        lasting: Lasting,
    ) -> Result<(Arc<dyn StorageBackend>, u32), ServiceError> {
        let mut held = self.held.lock().await;
        let now = self.connections.environment.now();
        let patience = match due(&held.tokens, held.connection.id, now, lasting) {
            Due::No => None,
            Due::Early => Some(LITTLE_PATIENCE),
            // A clock that jumped makes a fresh token look old; the storage itself knows better.
            Due::Now => Some(PATIENCE).filter(|_| !held.is_fresh),
        };
        if let Some(patience) = patience {
            let renewed = self.renew(&held.connection, patience).await;
            match renewed {
                Ok(renewed) => *held = renewed,
                Err(error) if patience == LITTLE_PATIENCE && is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
        let version = held.connection.credential_version;
        Ok((Arc::clone(&held.backend), version))
    }

    /// The storage with another token than the refused one; `None` if that one was new.
    async fn after_refusal(
        &self,
        refused: u32,
    ) -> Result<Option<Arc<dyn StorageBackend>>, ServiceError> {
        let mut held = self.held.lock().await;
        if held.connection.credential_version == refused {
            if held.is_fresh {
                return Ok(None);
            }
            *held = self.renew(&held.connection, PATIENCE).await?;
        }
        Ok(Some(Arc::clone(&held.backend)))
    }

    async fn renew(&self, stale: &Connection, patience: Duration) -> Result<Held, ServiceError> {
        let refresher = &self.connections.refresher;
        let connection = refresher.renew(&self.context, stale, patience).await?;
        let sealed = connection.credential.as_ref();
        let sealed = sealed.ok_or(ServiceError::StorageDisconnected)?;
        let of = CredentialOf::from(&*connection);
        match self.connections.vault.open(of, sealed).await? {
            Credential::OAuth(tokens) => {
                let storage = &self.storage;
                Ok(self.connections.held(storage, connection, tokens, true))
            }
            Credential::Basic { .. } => Err(VaultError::Refused.into()),
        }
    }

    /// The error that a call gives which could not be made.
    fn refuse(&self, operation: Operation, error: ServiceError) -> StorageError {
        let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        *refusal = Some(error);
        StorageError::new(StorageErrorKind::TokenExpired, operation, None)
    }
}

impl Connections {
    fn held(
        &self,
        storage: &Endpoint,
        connection: Arc<Connection>,
        tokens: OAuthTokens,
        is_fresh: bool,
    ) -> Held {
        let credential = Credential::OAuth(tokens.clone());
        let provider = connection.provider;
        let backend = self.backends.open(provider, storage, &credential);
        Held {
            connection,
            tokens,
            backend,
            is_fresh,
        }
    }
}

/// Whether the token that there is may do for now: nothing was said about the grant.
fn is_passing(error: &ServiceError) -> bool {
    match error {
        ServiceError::RefreshPending | ServiceError::Repository(_) | ServiceError::Aborted => true,
        ServiceError::OAuth(error) => error.kind != OAuthErrorKind::GrantRefused,
        ServiceError::Shared(error) => is_passing(error),
        _ => false,
    }
}

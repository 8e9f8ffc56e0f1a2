//! Connecting a storage by address, user name and password.

use secrecy::SecretString;
use wharf_domain::connection::{
    Connection, ConnectionState, ConnectionStatus, DisplayName, Endpoint,
};
use wharf_domain::context::Context;
use wharf_domain::credential::{Credential, Username};
use wharf_domain::event::Action;
use wharf_domain::id::UserId;
use wharf_domain::ports::nextcloud::Login;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::storage::{
    AddressRefusal, StorageAccount, StorageError, StorageErrorKind,
};
use wharf_domain::provider::Provider;

use super::{ConnectionView, Connections};
use crate::error::ServiceError;
use crate::vault::CredentialOf;

/// How often a connection that others change at the same time is tried.
pub(super) const ATTEMPTS: usize = 5;

/// An account that is opened by a password, as a user enters it.
#[expect(
    missing_debug_implementations,
    reason = "G-01: a password is never printed, not even redacted"
)]
pub struct PasswordAccount {
    /// The kind of storage.
    pub provider: Provider,
    /// The address as it was typed.
    pub server_url: String,
    /// The user name at the server.
    pub username: Username,
    /// The password at the server.
    pub password: SecretString,
    /// What the user calls it; made of user name and server if absent.
    pub display_name: Option<DisplayName>,
}

/// An account whose address was checked.
pub(crate) struct Found {
    pub(crate) provider: Provider,
    /// The storage's address, or one beneath or above which it is found.
    pub(crate) typed: Endpoint,
    pub(crate) login: Login,
    pub(crate) display_name: Option<DisplayName>,
}

/// What connecting led to.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The connection.
    pub connection: ConnectionView,
    /// Whether it is new; otherwise the account was known, and its connection was updated.
    pub created: bool,
}

/// A storage that answered, and what it was reached with.
pub(super) struct Reached {
    pub(super) provider: Provider,
    pub(super) endpoint: Endpoint,
    pub(super) credential: Credential,
    pub(super) account: StorageAccount,
    pub(super) display_name: Option<DisplayName>,
}

impl Connections {
    /// Connects an account by address, user name and password, after asking the server whether it accepts
    /// them.
    ///
    /// Connecting an account that is known already updates its connection under the same id, also
    /// after a disconnect, so that its documents come back.
    ///
    /// # Errors
    /// [`ServiceError::AddressNotAllowed`], [`ServiceError::UpstreamAuthFailed`],
    /// [`ServiceError::TooManyConnections`], or what the server answered. Nothing is stored then.
    pub async fn connect_by_password(
        &self,
        context: &Context,
        owner: UserId,
        account: PasswordAccount,
    ) -> Result<Connected, ServiceError> {
        let PasswordAccount {
            provider,
            server_url,
            username,
            password,
            display_name,
        } = account;
        let found = Found {
            provider,
            typed: self.checked(context, provider, &server_url).await?,
            login: Login { username, password },
            display_name,
        };
        self.connect_found(context, owner, found).await
    }

    /// The same for an account whose address was checked.
    pub(crate) async fn connect_found(
        &self,
        context: &Context,
        owner: UserId,
        found: Found,
    ) -> Result<Connected, ServiceError> {
        let reached = match self.reach(found).await {
            Ok(reached) => reached,
            Err(error) => return Err(self.unconnected(context, error).await?),
        };
        for _ in 0..ATTEMPTS {
            let key = &reached.account.key;
            let known = self.connections.find_account(owner, reached.provider, key);
            let known = known.await?;
            if let Some(connected) = self.keep(context, owner, known, &reached).await? {
                return Ok(connected);
            }
        }
        Err(ServiceError::Contended)
    }

    /// An address that a user typed in its canonical form.
    pub(crate) async fn checked(
        &self,
        context: &Context,
        provider: Provider,
        typed: &str,
    ) -> Result<Endpoint, ServiceError> {
        match self.backends.check_address(provider, typed) {
            Ok(endpoint) => Ok(endpoint),
            Err(refusal) => Err(self.blocked(context, refusal).await?),
        }
    }

    async fn reach(&self, found: Found) -> Result<Reached, StorageError> {
        let Found {
            provider,
            typed,
            login,
            display_name,
        } = found;
        let endpoint = match provider {
            Provider::Nextcloud => self.nextclouds.locate(&typed, &login).await?,
            _ => typed,
        };
        let Login { username, password } = login;
        let credential = Credential::Basic { username, password };
        let storage = self.backends.open(provider, &endpoint, &credential);
        Ok(Reached {
            account: storage.probe().await?,
            provider,
            endpoint,
            credential,
            display_name,
        })
    }

    /// What whoever connects is told of a storage that could not be reached.
    pub(crate) async fn unconnected(
        &self,
        context: &Context,
        error: StorageError,
    ) -> Result<ServiceError, ServiceError> {
        Ok(match error.kind {
            StorageErrorKind::CredentialRefused => ServiceError::UpstreamAuthFailed,
            StorageErrorKind::AddressRefused(refusal) => self.blocked(context, refusal).await?,
            _ => error.into(),
        })
    }

    /// Records that an address was refused, and gives the error to answer with.
    async fn blocked(
        &self,
        context: &Context,
        refusal: AddressRefusal,
    ) -> Result<ServiceError, ServiceError> {
        self.record_blocked(context, &refusal, None).await?;
        Ok(ServiceError::AddressNotAllowed(refusal))
    }

    /// Saves what was reached, as what is known of the account or as something new. `None` if somebody
    /// else changed the same account's connection in between.
    pub(super) async fn keep(
        &self,
        context: &Context,
        owner: UserId,
        known: Option<Connection>,
        reached: &Reached,
    ) -> Result<Option<Connected>, ServiceError> {
        match known {
            Some(known) => self.reconnect(context, known, reached).await,
            None => self.connect_new(context, owner, reached).await,
        }
    }

    async fn connect_new(
        &self,
        context: &Context,
        owner: UserId,
        reached: &Reached,
    ) -> Result<Option<Connected>, ServiceError> {
        let mut connection = Connection {
            id: self.environment.new_id(),
            owner,
            provider: reached.provider,
            account: reached.account.key.clone(),
            endpoint: reached.endpoint.clone(),
            display_name: reached
                .display_name
                .clone()
                .unwrap_or_else(|| DisplayName::abridged(&reached.account.label)),
            status: self.active_now(),
            credential: None,
            credential_version: 1,
            renewed_at: self.environment.now(),
            created_at: self.environment.now(),
        };
        connection.credential = Some(
            self.vault
                .seal(CredentialOf::from(&connection), &reached.credential)
                .await?,
        );
        let event = self.event(
            context,
            Action::CloudConnected {
                provider: connection.provider,
            },
            connection.id,
        );
        match self.connections.insert(&connection, &[event]).await {
            Ok(()) => Ok(Some(Connected {
                connection: connection.into(),
                created: true,
            })),
            Err(RepositoryError::Duplicate) => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    async fn reconnect(
        &self,
        context: &Context,
        known: Connection,
        reached: &Reached,
    ) -> Result<Option<Connected>, ServiceError> {
        let replaced = known.credential_version;
        let mut connection = Connection {
            endpoint: reached.endpoint.clone(),
            display_name: reached
                .display_name
                .clone()
                .unwrap_or_else(|| known.display_name.clone()),
            status: self.active_now(),
            credential_version: replaced.saturating_add(1),
            renewed_at: self.environment.now(),
            ..known
        };
        connection.credential = Some(
            self.vault
                .seal(CredentialOf::from(&connection), &reached.credential)
                .await?,
        );
        let event = self.event(
            context,
            Action::CloudReconnected {
                provider: connection.provider,
            },
            connection.id,
        );
        let saved = self
            .connections
            .replace_credential(&connection, replaced, &[event])
            .await
            .map_err(refused)?;
        Ok(saved.then(|| Connected {
            connection: connection.into(),
            created: false,
        }))
    }

    fn active_now(&self) -> ConnectionStatus {
        ConnectionStatus {
            state: ConnectionState::Active,
            since: self.environment.now(),
        }
    }
}

/// Why a connection was not saved.
fn refused(error: RepositoryError) -> ServiceError {
    match error {
        RepositoryError::Full => ServiceError::TooManyConnections,
        RepositoryError::OwnerRefused => ServiceError::OwnerChanged,
        error => error.into(),
    }
}

//! The one place that seals and opens what users entrust: it decides which key, which purpose and
//! which context a seal is bound to. It knows nothing of how records look or where they are kept.

mod purge_key;
mod witness;

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretSlice};
use wharf_crypto::{
    Context as SealContext, DataKey, LiveKeyring, OpenError, Purpose, RandomError, SealError,
};
use wharf_domain::connection::{Connection, SealedCredential};
use wharf_domain::credential::Credential;
use wharf_domain::environment::Environment;
use wharf_domain::event::Resource;
use wharf_domain::id::{ConnectionId, EventId, LoginFlowId, StepId, UserId};
use wharf_domain::operator_key::Holder;
use wharf_domain::ports::data_keys::DataKeys;
use wharf_domain::ports::events::Events;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::provider::Provider;
use wharf_domain::user::WrappedDataKey;

use crate::credential_codec;

pub(crate) use self::purge_key::PurgeKey;
use self::witness::Witness;

const CONNECTION_CREDENTIAL: Purpose = Purpose::new("connection.credential");
const OAUTH_STATE: Purpose = Purpose::new("oauth.state");
const OAUTH_PARKED: Purpose = Purpose::new("oauth.parked");
const LOGIN_FLOW: Purpose = Purpose::new("nextcloud.login_flow");
const AUDIT_CLIENT: Purpose = Purpose::new("audit.client");
const OUTBOX_REVOCATION: Purpose = Purpose::new("outbox.revocation");

/// The purposes that users' data keys seal for. They are for good (K-02); a test lists them.
#[cfg(test)]
const PURPOSES: [Purpose; 7] = [
    CONNECTION_CREDENTIAL,
    OAUTH_STATE,
    OAUTH_PARKED,
    LOGIN_FLOW,
    OUTBOX_REVOCATION,
    purge_key::ERASURE_CREDENTIAL,
    AUDIT_CLIENT,
];

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The operator's key that is needed is not in the key file (K-04).
    #[error("the key {id} is not available")]
    KeyUnavailable {
        /// The key's id.
        id: String,
    },
    /// The stored bytes are not what was sealed for this row (K-03, K-05).
    #[error("a sealed value was refused: it is damaged, or belongs elsewhere")]
    Refused,
    /// The user has no data key any more.
    #[error("the user's data key is gone")]
    NoDataKey,
    /// Sealing failed.
    #[error("a value could not be sealed")]
    Unsealed(#[from] SealError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    NoRandomness(#[from] RandomError),
    /// The data key could not be read.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What a sealed credential belongs to. All of it is bound into the seal: a record that is moved to
/// another row, user or version does not open.
#[derive(Clone, Copy, Debug)]
pub struct CredentialOf {
    /// The user whose credential it is.
    pub owner: UserId,
    /// The connection that it is for.
    pub connection: ConnectionId,
    /// The kind of storage that it opens.
    pub provider: Provider,
    /// Which of the connection's credentials it is.
    pub version: u32,
}

impl From<&Connection> for CredentialOf {
    fn from(connection: &Connection) -> Self {
        Self {
            owner: connection.owner,
            connection: connection.id,
            provider: connection.provider,
            version: connection.credential_version,
        }
    }
}

impl CredentialOf {
    fn seal_context(self) -> SealContext {
        SealContext::new()
            .field("user", self.owner.as_bytes())
            .field("connection", self.connection.as_bytes())
            .field("provider", self.provider.as_str())
            .field("credential_version", self.version.to_be_bytes())
    }
}

/// What a sealed value belongs to that is no connection's credential.
pub(crate) struct Belonging {
    purpose: Purpose,
    owner: UserId,
    context: SealContext,
    /// It is read from the owner's own row. What is found by something that a stranger sends does not open
    /// for a stranger, and that tells nothing of what is stored.
    is_row: bool,
}

impl Belonging {
    /// What an authorization that has begun must find again under this name.
    pub(crate) fn of_state(owner: UserId, provider: Provider, name: &[u8; 32]) -> Self {
        let context = owned_by(owner).field("provider", provider.as_str());
        Self {
            purpose: OAUTH_STATE,
            owner,
            context: context.field("name", name),
            is_row: false,
        }
    }

    /// A code that waits under this name for its owner to confirm it.
    pub(crate) fn of_parked_code(owner: UserId, name: &[u8; 32]) -> Self {
        Self {
            purpose: OAUTH_PARKED,
            owner,
            context: owned_by(owner).field("name", name),
            is_row: false,
        }
    }

    /// What a login flow has come to.
    pub(crate) fn of_login_flow(owner: UserId, flow: LoginFlowId) -> Self {
        Self {
            purpose: LOGIN_FLOW,
            owner,
            context: owned_by(owner).field("flow", flow.as_bytes()),
            is_row: true,
        }
    }

    /// Where the request of an event came from that is kept for good.
    pub(crate) fn of_client(owner: UserId, event: EventId) -> Self {
        Self {
            purpose: AUDIT_CLIENT,
            owner,
            context: owned_by(owner).field("event", event.as_bytes()),
            is_row: true,
        }
    }

    /// What the step that ends a grant needs.
    pub(crate) fn of_revocation(owner: UserId, step: StepId) -> Self {
        Self {
            purpose: OUTBOX_REVOCATION,
            owner,
            context: owned_by(owner).field("step", step.as_bytes()),
            is_row: true,
        }
    }
}

/// Seals and opens users' secrets with their data keys, which the operator's keys wrap.
#[derive(Clone)]
pub struct Vault {
    keyring: LiveKeyring,
    data_keys: Arc<dyn DataKeys>,
    witness: Option<Witness>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl Vault {
    /// A vault with these operator keys, and the place where wrapped data keys lie.
    pub fn new(keyring: LiveKeyring, data_keys: Arc<dyn DataKeys>) -> Self {
        Self {
            keyring,
            data_keys,
            witness: None,
        }
    }

    /// The same vault, which records what does not open where it lies (K-03, K-05).
    #[must_use]
    pub fn recording(self, events: Arc<dyn Events>, environment: Environment) -> Self {
        let witness = Some(Witness::new(events, environment));
        Self { witness, ..self }
    }

    /// Makes a data key for a new user.
    ///
    /// # Errors
    /// If there is no randomness, or sealing fails.
    pub fn new_data_key(&self, user: UserId) -> Result<WrappedDataKey, VaultError> {
        let data_key = DataKey::generate()?;
        Ok(WrappedDataKey(
            self.keyring
                .current()
                .wrap(&data_key_context(user), &data_key)?,
        ))
    }

    /// Seals a credential for the row that it belongs to.
    ///
    /// # Errors
    /// If the user's data key is gone or does not open, or sealing fails.
    pub async fn seal(
        &self,
        of: CredentialOf,
        credential: &Credential,
    ) -> Result<SealedCredential, VaultError> {
        let plaintext = credential_codec::encode(credential);
        let data_key = self.data_key(of.owner).await?;
        let record = data_key.seal(CONNECTION_CREDENTIAL, &of.seal_context(), &plaintext)?;
        Ok(SealedCredential(record))
    }

    /// Opens the credential of the row that it belongs to.
    ///
    /// # Errors
    /// If the user's data key is gone or does not open, or the record was sealed for something else.
    pub async fn open(
        &self,
        of: CredentialOf,
        sealed: &SealedCredential,
    ) -> Result<Credential, VaultError> {
        let data_key = self.data_key(of.owner).await?;
        // A record that names another data key is one that was moved here from another user's row.
        let opened = data_key.open(CONNECTION_CREDENTIAL, &of.seal_context(), &sealed.0);
        let decoded = opened.map(|plaintext| credential_codec::decode(plaintext.expose_secret()));
        match decoded {
            Ok(Some(credential)) => Ok(credential),
            Ok(None) | Err(_) => {
                let resource = Resource::Connection(of.connection);
                Err(self.refused(CONNECTION_CREDENTIAL, resource).await)
            }
        }
    }

    /// Seals bytes for where they belong.
    ///
    /// # Errors
    /// As [`seal`](Self::seal).
    pub(crate) async fn seal_bytes(
        &self,
        belonging: &Belonging,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let key = self.key_of(belonging.owner).await?;
        key.seal(belonging, plaintext)
    }

    /// Opens bytes where they belong.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) async fn open_bytes(
        &self,
        belonging: &Belonging,
        record: &[u8],
    ) -> Result<SecretSlice<u8>, VaultError> {
        let data_key = self.data_key(belonging.owner).await?;
        match data_key.open(belonging.purpose, &belonging.context, record) {
            Ok(plaintext) => Ok(plaintext),
            Err(_) if belonging.is_row => {
                let resource = Resource::User(belonging.owner);
                Err(self.refused(belonging.purpose, resource).await)
            }
            Err(_) => Err(VaultError::Refused),
        }
    }

    /// Whether the user has a data key: it is destroyed with the account, before anything else.
    pub(crate) async fn has_data_key(&self, user: UserId) -> Result<bool, RepositoryError> {
        Ok(self.data_keys.data_key(user).await?.is_some())
    }

    /// A user's data key, for several values.
    pub(crate) async fn key_of(&self, owner: UserId) -> Result<UserKey, VaultError> {
        self.data_key(owner).await.map(UserKey)
    }

    async fn data_key(&self, user: UserId) -> Result<DataKey, VaultError> {
        let wrapped = self
            .data_keys
            .data_key(user)
            .await?
            .ok_or(VaultError::NoDataKey)?;
        match self.unwrap(&data_key_context(user), &wrapped) {
            Ok(data_key) => Ok(data_key),
            Err(OpenError::KeyUnavailable { id }) => {
                Err(VaultError::KeyUnavailable { id: id.to_string() })
            }
            Err(_) => Err(self.refused(DATA_KEY, Resource::User(user)).await),
        }
    }

    /// A key that is not at hand may have come into the key file since that was read.
    fn unwrap(
        &self,
        context: &SealContext,
        wrapped: &WrappedDataKey,
    ) -> Result<DataKey, OpenError> {
        let unwrapped = self.keyring.current().unwrap_key(context, &wrapped.0);
        let Err(OpenError::KeyUnavailable { .. }) = unwrapped else {
            return unwrapped;
        };
        match self.keyring.refresh() {
            Ok(true) => self.keyring.current().unwrap_key(context, &wrapped.0),
            Ok(false) => unwrapped,
            Err(error) => {
                tracing::error!(%error, "the keys could not be read again");
                unwrapped
            }
        }
    }

    /// The answer to whoever asked for it, once it is recorded.
    async fn refused(&self, purpose: Purpose, resource: Resource) -> VaultError {
        if let Some(witness) = &self.witness {
            witness.record(purpose, resource).await;
        }
        VaultError::Refused
    }
}

/// What the operator's keys seal users' data keys for.
const DATA_KEY: Purpose = Purpose::new("data_key");

/// What a wrapped key is bound to, by the row that holds it.
pub(crate) fn holder_context(holder: Holder) -> SealContext {
    match holder {
        Holder::User(user) => data_key_context(user),
        Holder::Erasure(erasure) => purge_key::context(erasure),
    }
}

/// A user's data key at hand.
pub(crate) struct UserKey(DataKey);

impl UserKey {
    /// Seals bytes for where they belong. The key must be that of their owner.
    pub(crate) fn seal(
        &self,
        belonging: &Belonging,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let sealed = self
            .0
            .seal(belonging.purpose, &belonging.context, plaintext);
        Ok(sealed?)
    }

    /// Opens bytes where they belong.
    pub(crate) fn open(
        &self,
        belonging: &Belonging,
        record: &[u8],
    ) -> Result<SecretSlice<u8>, VaultError> {
        let opened = self.0.open(belonging.purpose, &belonging.context, record);
        opened.map_err(|_| VaultError::Refused)
    }
}

fn data_key_context(user: UserId) -> SealContext {
    owned_by(user)
}

fn owned_by(user: UserId) -> SealContext {
    SealContext::new().field("user", user.as_bytes())
}

#[cfg(test)]
mod tests;

//! The port to the connections.

use async_trait::async_trait;

use crate::connection::{AccountKey, Connection, ConnectionStatus, DisplayName};
use crate::event::Event;
use crate::id::{ConnectionId, UserId};
use crate::ports::repository::RepositoryError;
use crate::provider::Provider;
use crate::step::Step;

/// What a disconnection left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disconnected {
    /// How many documents still lie in that storage.
    pub documents: u64,
    /// Whether it was the user's default storage, which is the house from now on.
    pub was_default: bool,
}

/// The connections. Each query names the owner; each change is saved with its events in one
/// transaction (L-04), and touches only the columns that it is about, so that none undoes another.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Adds a connection.
    ///
    /// # Errors
    /// [`RepositoryError::Duplicate`] if the owner has one to the same account already,
    /// [`RepositoryError::Full`] if the owner has
    /// [`MAX_CONNECTIONS_PER_USER`](crate::connection::MAX_CONNECTIONS_PER_USER) live ones, however many
    /// come at once, [`RepositoryError::OwnerRefused`] if the owner is gone or is an admin by now.
    async fn insert(
        &self,
        connection: &Connection,
        events: &[Event],
    ) -> Result<(), RepositoryError>;

    /// The owner's connection with this id, disconnected or not.
    async fn find(
        &self,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Option<Connection>, RepositoryError>;

    /// The owner's connection to this account, disconnected or not.
    async fn find_account(
        &self,
        owner: UserId,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<Option<Connection>, RepositoryError>;

    /// Whether anybody's live connection is to this account, or an erasure still deletes documents there.
    ///
    /// It asks over all owners and tells no more than this: a grant at a provider is the account's and
    /// Wharf's, so ending it ends every connection to the account.
    async fn is_account_live(
        &self,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<bool, RepositoryError>;

    /// The owner's connections that are not disconnected, oldest first.
    async fn list(&self, owner: UserId) -> Result<Vec<Connection>, RepositoryError>;

    /// Saves a new credential with the endpoint, display name and status that came with it, if the
    /// stored credential still has the version `replaced`. `false` if it has another. No refresh of the
    /// old credential is under way or unresolved from then on.
    ///
    /// # Errors
    /// [`RepositoryError::Full`] and [`RepositoryError::OwnerRefused`] as with [`insert`](Self::insert), if
    /// the connection was disconnected.
    async fn replace_credential(
        &self,
        connection: &Connection,
        replaced: u32,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;

    /// Saves another display name. `false` if there is no such live connection.
    async fn rename(
        &self,
        owner: UserId,
        id: ConnectionId,
        name: &DisplayName,
    ) -> Result<bool, RepositoryError>;

    /// Saves another status, if the credential still has this version and was not refused yet: only a
    /// new credential ends that. `false` otherwise.
    async fn set_status(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;

    /// Destroys the credential of this version, makes the house the default storage if this was it, and
    /// leaves these steps behind. It counts as a version of its own: what was read before replaces
    /// nothing after. `None` if there is no such live connection, or its credential is
    /// another by now.
    async fn disconnect(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        steps: &[Step],
        events: &[Event],
    ) -> Result<Option<Disconnected>, RepositoryError>;
}

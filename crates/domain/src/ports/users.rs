//! The port to the accounts.

use async_trait::async_trait;

use crate::event::Event;
use crate::id::UserId;
use crate::ports::repository::RepositoryError;
use crate::user::{EmailAddress, PasswordHash, StoragePlace, User, WrappedDataKey};

/// An account together with what proves that somebody may use it.
#[derive(Clone, Debug)]
pub struct Login {
    /// The account.
    pub user: User,
    /// The hash of its password.
    pub password: PasswordHash,
}

/// The accounts. Each change is saved with its events in one transaction (L-04).
#[async_trait]
pub trait Users: Send + Sync {
    /// Adds an account with its password and its data key.
    ///
    /// # Errors
    /// [`RepositoryError::Duplicate`] if the mail address is taken.
    async fn insert(
        &self,
        user: &User,
        password: &PasswordHash,
        data_key: &WrappedDataKey,
        events: &[Event],
    ) -> Result<(), RepositoryError>;

    /// The account with this id.
    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError>;

    /// The account with this mail address, and its password's hash.
    async fn find_login(&self, email: &EmailAddress) -> Result<Option<Login>, RepositoryError>;

    /// Replaces the password's hash by another of the same password, made with today's parameters.
    async fn rehash(&self, id: UserId, password: &PasswordHash) -> Result<(), RepositoryError>;

    /// Changes where new documents go. `false` if that place is not a live connection of this user.
    async fn set_default_storage(
        &self,
        id: UserId,
        place: StoragePlace,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;

    /// Up to `limit` accounts in order of their ids, from behind `after` on.
    async fn list(&self, after: Option<UserId>, limit: usize)
    -> Result<Vec<User>, RepositoryError>;
}

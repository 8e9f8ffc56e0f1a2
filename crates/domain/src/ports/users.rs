//! The port to the accounts.

use async_trait::async_trait;

use crate::event::Event;
use crate::id::{SessionId, UserId};
use crate::outside::OutsideSubject;
use crate::ports::repository::RepositoryError;
use crate::user::{EmailAddress, PasswordHash, Role, StoragePlace, User, WrappedDataKey};

/// An account together with what proves that somebody may use it.
#[derive(Clone, Debug)]
pub struct Login {
    /// The account.
    pub user: User,
    /// The hash of its password; `None` where somebody else's login vouches for the user.
    pub password: Option<PasswordHash>,
}

/// Which accounts a list is of. What is not asked for narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Those who may do this.
    pub role: Option<Role>,
    /// Those that are switched off, or those that are not.
    pub disabled: Option<bool>,
    /// Those whose mail address holds this, in lower case.
    pub email: Option<String>,
}

/// A change of an account: what it was when the change was decided, and what it is to be.
#[derive(Clone, Copy, Debug)]
pub struct AccountChange<'a> {
    /// The account as it was read.
    pub before: &'a User,
    /// The account with another role, session epoch or beginning of good tokens, or switched off or on.
    /// Nothing else of it is saved.
    pub after: &'a User,
    /// Another password.
    pub password: Option<&'a PasswordHash>,
    /// The one session that goes on where the epoch moves on.
    pub kept: Option<SessionId>,
}

/// What became of a change of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChanged {
    /// It is saved.
    Done,
    /// The account is not as it was read any more, or is gone.
    Stale,
    /// Nobody else could manage accounts after it.
    LastAdmin,
    /// The account has connections or documents, which an admin has none of.
    HasStorages,
}

/// What became of the choice of a default storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultStorageChosen {
    /// It is saved.
    Done,
    /// The user has no such connection, or is gone.
    Unknown,
    /// The user has ended that connection.
    Disconnected,
    /// The storage refuses the connection's credential.
    RequiresReauth,
}

/// The accounts. Each change is saved with its events in one transaction (L-04).
#[async_trait]
pub trait Users: Send + Sync {
    /// Adds an account with its password, if it has one, and its data key.
    ///
    /// # Errors
    /// [`RepositoryError::Duplicate`] if the mail address or the outside subject is taken.
    async fn insert(
        &self,
        user: &User,
        password: Option<&PasswordHash>,
        data_key: &WrappedDataKey,
        events: &[Event],
    ) -> Result<(), RepositoryError>;

    /// The account with this id.
    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError>;

    /// The account with this mail address, and its password's hash.
    async fn find_login(&self, email: &EmailAddress) -> Result<Option<Login>, RepositoryError>;

    /// The account of this person at an outside issuer.
    async fn find_outside(&self, subject: &OutsideSubject)
    -> Result<Option<User>, RepositoryError>;

    /// Replaces the password's hash `known` by another of the same password, made with today's parameters.
    /// Where it is another by now, the password is too, and stays.
    async fn rehash(
        &self,
        id: UserId,
        known: &PasswordHash,
        password: &PasswordHash,
    ) -> Result<(), RepositoryError>;

    /// Saves a change, unless it breaks a rule that only all accounts together can tell. Where the
    /// session epoch moves on, all sessions end but the kept one.
    async fn change(
        &self,
        change: AccountChange<'_>,
        events: &[Event],
    ) -> Result<AccountChanged, RepositoryError>;

    /// Changes where new documents go, unless that place is a connection that takes none.
    async fn set_default_storage(
        &self,
        id: UserId,
        place: StoragePlace,
        events: &[Event],
    ) -> Result<DefaultStorageChosen, RepositoryError>;

    /// Up to `limit` of the accounts that the filter is of, in order of their ids, from behind `after`
    /// on.
    async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<User>, RepositoryError>;
}

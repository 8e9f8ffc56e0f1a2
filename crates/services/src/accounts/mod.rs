//! Accounts: making, finding and listing them, and choosing a default storage. What else changes them
//! stands in `change`.

mod change;

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use wharf_domain::context::Context;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::UserId;
use wharf_domain::outside::OutsideSubject;
use wharf_domain::page::{Cursor, Page, PageLimit, fingerprint};
use wharf_domain::ports::events::Events;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::users::{DefaultStorageChosen, UserFilter, Users};
use wharf_domain::user::{EmailAddress, Role, StoragePlace, User};

pub use self::change::AccountPatch;
use crate::error::ServiceError;
use crate::gate::Gate;
use crate::vault::Vault;

/// The use cases around accounts.
#[derive(Clone)]
pub struct Accounts {
    users: Arc<dyn Users>,
    events: Arc<dyn Events>,
    gate: Gate,
    vault: Vault,
    environment: Environment,
}

/// How the user of a new account proves who they are.
#[derive(Debug)]
pub enum NewLogin {
    /// By a password.
    Password(SecretString),
    /// An issuer outside vouches for them.
    Outside(OutsideSubject),
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

impl Accounts {
    /// The use cases on these ports. The gate is that of the sessions: it is told when an account changes.
    pub fn new(
        users: Arc<dyn Users>,
        events: Arc<dyn Events>,
        gate: Gate,
        vault: Vault,
        environment: Environment,
    ) -> Self {
        Self {
            users,
            events,
            gate,
            vault,
            environment,
        }
    }

    /// Makes an account with a data key of its own.
    ///
    /// # Errors
    /// [`ServiceError::EmailTaken`] if the mail address or the outside subject has an account, or
    /// [`ServiceError::Password`] if the password may not be set.
    pub async fn create(
        &self,
        context: &Context,
        email: EmailAddress,
        role: Role,
        login: NewLogin,
    ) -> Result<User, ServiceError> {
        let (password, outside) = match login {
            NewLogin::Password(password) => (Some(self.gate.passwords.hash(password).await?), None),
            NewLogin::Outside(subject) => (None, Some(subject)),
        };
        let (id, now) = (self.environment.new_id(), self.environment.now());
        let user = User {
            outside,
            ..User::new(id, email, role, now)
        };
        let data_key = self.vault.new_data_key(user.id)?;
        let event = self.event(context, Action::UserCreated { role }, user.id);
        match self
            .users
            .insert(&user, password.as_ref(), &data_key, &[event])
            .await
        {
            Ok(()) => Ok(user),
            Err(RepositoryError::Duplicate) => Err(ServiceError::EmailTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// One account.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn find(&self, id: UserId) -> Result<User, ServiceError> {
        self.users.find(id).await?.ok_or(ServiceError::NotFound)
    }

    /// The account with this mail address.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn find_by_email(&self, email: &EmailAddress) -> Result<User, ServiceError> {
        let login = self.users.find_login(email).await?;
        Ok(login.ok_or(ServiceError::NotFound)?.user)
    }

    /// The account of this person at an outside issuer, if they have one.
    pub(crate) async fn find_outside(
        &self,
        subject: &OutsideSubject,
    ) -> Result<Option<User>, ServiceError> {
        Ok(self.users.find_outside(subject).await?)
    }

    /// Changes where a user's new documents go. Makes no outbound call.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the place is no connection of this user's,
    /// [`ServiceError::StorageDisconnected`] if it was ended, [`ServiceError::RequiresReauth`] if its
    /// storage refuses it.
    pub async fn set_default_storage(
        &self,
        context: &Context,
        user: UserId,
        place: StoragePlace,
    ) -> Result<User, ServiceError> {
        let event = self.event(context, Action::StorageDefaultChanged, user);
        match self
            .users
            .set_default_storage(user, place, &[event])
            .await?
        {
            DefaultStorageChosen::Done => self.find(user).await,
            DefaultStorageChosen::Unknown => Err(ServiceError::NotFound),
            DefaultStorageChosen::Disconnected => Err(ServiceError::StorageDisconnected),
            DefaultStorageChosen::RequiresReauth => Err(ServiceError::RequiresReauth),
        }
    }

    /// A page of the accounts that the filter is of, in the order of their making.
    ///
    /// # Errors
    /// [`ServiceError::CursorInvalid`] if the cursor is of another filter.
    pub async fn list(
        &self,
        filter: &UserFilter,
        limit: PageLimit,
        cursor: Option<Cursor>,
    ) -> Result<Page<User>, ServiceError> {
        let list = list_of(filter);
        let after = Cursor::behind(cursor, list, UserId::from_bytes)?;
        let read = self.users.list(filter, after, limit.get() + 1).await?;
        Ok(Page::cut(read, limit, list, |user| *user.id.as_bytes()))
    }

    fn event(&self, context: &Context, action: Action, user: UserId) -> Event {
        Event::new(
            &self.environment,
            context,
            action,
            Some(Resource::User(user)),
        )
    }
}

fn list_of(filter: &UserFilter) -> u64 {
    let UserFilter {
        role,
        disabled,
        email,
    } = filter;
    let role = role.map_or("", Role::as_str);
    let disabled = match disabled {
        None => "",
        Some(true) => "disabled",
        Some(false) => "enabled",
    };
    let email = email.as_deref().unwrap_or_default();
    fingerprint(["users", role, disabled, email].map(str::as_bytes))
}

//! Accounts: making them, listing them, choosing a default storage.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use wharf_domain::context::Context;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::UserId;
use wharf_domain::ports::passwords::Passwords;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::users::Users;
use wharf_domain::user::{EmailAddress, Role, StoragePlace, User};

use crate::error::ServiceError;
use crate::vault::Vault;

/// The use cases around accounts.
#[derive(Clone)]
pub struct Accounts {
    users: Arc<dyn Users>,
    passwords: Arc<dyn Passwords>,
    vault: Vault,
    environment: Environment,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

impl Accounts {
    /// The use cases on these ports.
    pub fn new(
        users: Arc<dyn Users>,
        passwords: Arc<dyn Passwords>,
        vault: Vault,
        environment: Environment,
    ) -> Self {
        Self {
            users,
            passwords,
            vault,
            environment,
        }
    }

    /// Makes an account with a data key of its own.
    ///
    /// # Errors
    /// [`ServiceError::EmailTaken`], or [`ServiceError::Password`] if the password may not be set.
    pub async fn create(
        &self,
        context: &Context,
        email: EmailAddress,
        role: Role,
        password: SecretString,
    ) -> Result<User, ServiceError> {
        let password = self.passwords.hash(password).await?;
        let user = User {
            id: self.environment.new_id(),
            email,
            role,
            session_epoch: 0,
            default_storage: StoragePlace::House,
            created_at: self.environment.now(),
        };
        let data_key = self.vault.new_data_key(user.id)?;
        let event = self.event(context, Action::UserCreated { role }, user.id);
        match self
            .users
            .insert(&user, &password, &data_key, &[event])
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

    /// Changes where a user's new documents go. Makes no outbound call.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the place is not a live connection of this user.
    pub async fn set_default_storage(
        &self,
        context: &Context,
        user: UserId,
        place: StoragePlace,
    ) -> Result<User, ServiceError> {
        let event = self.event(context, Action::StorageDefaultChanged, user);
        if !self
            .users
            .set_default_storage(user, place, &[event])
            .await?
        {
            return Err(ServiceError::NotFound);
        }
        self.find(user).await
    }

    /// Up to `limit` accounts in the order of their making, from behind `after` on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(
        &self,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<User>, ServiceError> {
        Ok(self.users.list(after, limit).await?)
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

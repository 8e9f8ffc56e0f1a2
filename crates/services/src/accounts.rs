//! Accounts: making them, logging in, recognising who asks, choosing a default storage.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use wharf_domain::context::Context;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::UserId;
use wharf_domain::ports::events::Events;
use wharf_domain::ports::passwords::{PasswordVerdict, Passwords};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::tokens::{AccessClaims, AccessToken, TokenRefusal, Tokens};
use wharf_domain::ports::users::{Login, Users};
use wharf_domain::user::{EmailAddress, Role, StoragePlace, User};

use crate::error::ServiceError;
use crate::vault::Vault;

/// The use cases around accounts.
#[derive(Clone)]
pub struct Accounts {
    users: Arc<dyn Users>,
    events: Arc<dyn Events>,
    passwords: Arc<dyn Passwords>,
    tokens: Arc<dyn Tokens>,
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
        events: Arc<dyn Events>,
        passwords: Arc<dyn Passwords>,
        tokens: Arc<dyn Tokens>,
        vault: Vault,
        environment: Environment,
    ) -> Self {
        Self {
            users,
            events,
            passwords,
            tokens,
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

    /// Gives an access token to whoever knows the password.
    ///
    /// An unknown address costs the same work and gets the same answer as a wrong password (E-02).
    ///
    /// # Errors
    /// [`ServiceError::WrongLogin`].
    pub async fn login(
        &self,
        context: &Context,
        email: &str,
        password: SecretString,
    ) -> Result<AccessToken, ServiceError> {
        let login = match email.parse() {
            Ok(email) => self.users.find_login(&email).await?,
            Err(_) => None,
        };
        let hash = login.as_ref().map(|login| login.password.clone());
        let verdict = self.passwords.verify(hash, password.clone()).await?;
        match (login, verdict) {
            (Some(login), PasswordVerdict::Match) => self.start_session(context, &login.user).await,
            (Some(login), PasswordVerdict::MatchWeak) => {
                self.strengthen(&login, password).await?;
                self.start_session(context, &login.user).await
            }
            (login, _) => {
                self.refuse_session(context, login.map(|login| login.user.id))
                    .await
            }
        }
    }

    async fn start_session(
        &self,
        context: &Context,
        user: &User,
    ) -> Result<AccessToken, ServiceError> {
        let claims = AccessClaims {
            user: user.id,
            session_epoch: user.session_epoch,
        };
        let token = self.tokens.issue(claims)?;
        let event = self.event(&context.as_user(user.id), Action::SessionStarted, user.id);
        self.events.record(&event).await?;
        Ok(token)
    }

    async fn refuse_session(
        &self,
        context: &Context,
        user: Option<UserId>,
    ) -> Result<AccessToken, ServiceError> {
        let resource = user.map(Resource::User);
        let event = Event::new(&self.environment, context, Action::SessionRefused, resource);
        self.events.record(&event).await?;
        Err(ServiceError::WrongLogin)
    }

    /// Hashes a password anew whose hash was made with weaker parameters than today's.
    async fn strengthen(&self, login: &Login, password: SecretString) -> Result<(), ServiceError> {
        let hash = self.passwords.hash(password).await?;
        Ok(self.users.rehash(login.user.id, &hash).await?)
    }

    /// The account that an access token speaks for, as it is now.
    ///
    /// # Errors
    /// [`ServiceError::Token`] if the token is not accepted, or its account is gone or has moved on.
    pub async fn authenticate(&self, token: &str) -> Result<User, ServiceError> {
        let claims = self.tokens.verify(token)?;
        let user = self.users.find(claims.user).await?;
        user.filter(|user| user.session_epoch == claims.session_epoch)
            .ok_or(ServiceError::Token(TokenRefusal::Invalid))
    }

    /// Changes where a user's new documents go. Makes no outbound call.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the place is not a live connection of this user.
    pub async fn set_default_storage(
        &self,
        context: &Context,
        user: &User,
        place: StoragePlace,
    ) -> Result<User, ServiceError> {
        let event = self.event(context, Action::StorageDefaultChanged, user.id);
        if self
            .users
            .set_default_storage(user.id, place, &[event])
            .await?
        {
            Ok(User {
                default_storage: place,
                ..user.clone()
            })
        } else {
            Err(ServiceError::NotFound)
        }
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

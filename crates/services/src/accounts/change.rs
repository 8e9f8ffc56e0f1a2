//! Changing an account: its role, whether it is on, its password. Whatever a change takes away is void
//! on every replica within seconds.

use secrecy::SecretString;
use wharf_domain::context::Context;
use wharf_domain::event::{Action, Event};
use wharf_domain::id::{SessionId, UserId};
use wharf_domain::ports::passwords::PasswordVerdict;
use wharf_domain::ports::users::{AccountChange, AccountChanged};
use wharf_domain::session::Identity;
use wharf_domain::user::{PasswordHash, Role, User};

use super::Accounts;
use crate::error::ServiceError;

/// How often a change is decided anew because somebody else changed the account meanwhile.
const ATTEMPTS: usize = 5;

/// What is to be different of an account.
#[derive(Debug, Default)]
pub struct AccountPatch {
    /// What the user may do.
    pub role: Option<Role>,
    /// Whether the account is switched off.
    pub disabled: Option<bool>,
    /// The password.
    pub password: Option<SecretString>,
}

impl Accounts {
    /// Changes somebody's account. Another role, a new password and being switched off end all their
    /// sessions.
    ///
    /// # Errors
    /// [`ServiceError::OwnAccount`] if an admin means themselves, [`ServiceError::LastAdmin`],
    /// [`ServiceError::HasStorages`] if a user who is to be an admin has connections or documents,
    /// [`ServiceError::NoPassword`] if an issuer outside vouches for the user.
    pub async fn change(
        &self,
        context: &Context,
        id: UserId,
        patch: AccountPatch,
    ) -> Result<User, ServiceError> {
        if context.actor.user() == Some(id) {
            return Err(ServiceError::OwnAccount);
        }
        let found = self.find(id).await?;
        let password = match patch.password {
            Some(_) if found.outside.is_some() => return Err(ServiceError::NoPassword),
            Some(password) => Some(self.passwords.hash(password).await?),
            None => None,
        };
        for _ in 0..ATTEMPTS {
            let before = self.find(id).await?;
            let after = self.after(&before, patch.role, patch.disabled);
            let change = Change {
                before,
                after,
                password: password.as_ref(),
                kept: None,
            };
            if let Some(user) = self.try_change(context, change).await? {
                return Ok(user);
            }
        }
        Err(ServiceError::Contended)
    }

    /// Replaces the caller's own password. All their sessions end but the one that asks.
    ///
    /// # Errors
    /// [`ServiceError::WrongPassword`] if `current` is not the password, which is counted as a log-in that
    /// failed ([`ServiceError::TooManyAttempts`]); [`ServiceError::NoPassword`] if an issuer outside vouches
    /// for the user.
    pub async fn change_own_password(
        &self,
        context: &Context,
        caller: Identity,
        current: SecretString,
        new: SecretString,
    ) -> Result<(), ServiceError> {
        for _ in 0..ATTEMPTS {
            let before = self.find(caller.id).await?;
            let login = self.users.find_login(&before.email).await?;
            let known = login.and_then(|login| login.password);
            let known = known.ok_or(ServiceError::NoPassword)?;
            let counted = self.limits.admit(before.email.as_str(), None).await?;
            let verdict = self.passwords.verify(Some(known), current.clone()).await?;
            if verdict == PasswordVerdict::Mismatch {
                return Err(ServiceError::WrongPassword);
            }
            self.limits.succeeded(counted).await;
            let password = self.passwords.hash(new.clone()).await?;
            let change = Change {
                after: before.clone(),
                before,
                password: Some(&password),
                kept: caller.session,
            };
            if self.try_change(context, change).await?.is_some() {
                return Ok(());
            }
        }
        Err(ServiceError::Contended)
    }

    fn after(&self, before: &User, role: Option<Role>, disabled: Option<bool>) -> User {
        let disabled_at = match disabled {
            None => before.disabled_at,
            Some(false) => None,
            Some(true) => before.disabled_at.or_else(|| Some(self.environment.now())),
        };
        User {
            role: role.unwrap_or(before.role),
            disabled_at,
            ..before.clone()
        }
    }

    /// The account as it is now; `None` if somebody else has changed it meanwhile.
    async fn try_change(
        &self,
        context: &Context,
        change: Change<'_>,
    ) -> Result<Option<User>, ServiceError> {
        let events = self.events_of(context, &change);
        if events.is_empty() {
            return Ok(Some(change.before));
        }
        let after = User {
            session_epoch: change.epoch(),
            ..change.after.clone()
        };
        let saved = AccountChange {
            before: &change.before,
            after: &after,
            password: change.password,
            kept: change.kept,
        };
        let changed = self.users.change(saved, &events).await;
        // Whatever came of it: who is not remembered is looked up.
        self.recognised.forget_user(after.id);
        match changed? {
            AccountChanged::Done => Ok(Some(after)),
            AccountChanged::Stale => Ok(None),
            AccountChanged::LastAdmin => Err(ServiceError::LastAdmin),
            AccountChanged::HasStorages => Err(ServiceError::HasStorages),
        }
    }

    fn events_of(&self, context: &Context, change: &Change<'_>) -> Vec<Event> {
        let (before, after) = (&change.before, &change.after);
        let role = after.role;
        let is_off = after.disabled_at.is_some();
        let switch = if is_off {
            Action::UserDisabled
        } else {
            Action::UserEnabled
        };
        let was_switched = before.disabled_at.is_some() != is_off;
        let actions = [
            (role != before.role).then_some(Action::UserRoleChanged { role }),
            was_switched.then_some(switch),
            change.password.map(|_| Action::UserPasswordChanged),
        ];
        let actions = actions.into_iter().flatten();
        actions
            .map(|action| self.event(context, action, after.id))
            .collect()
    }
}

/// A change that was decided by what was read.
struct Change<'a> {
    before: User,
    after: User,
    password: Option<&'a PasswordHash>,
    kept: Option<SessionId>,
}

impl Change<'_> {
    /// The session epoch, which moves on where sessions must not go on as they are.
    fn epoch(&self) -> u32 {
        let (before, after) = (&self.before, &self.after);
        let was_switched_off = before.disabled_at.is_none() && after.disabled_at.is_some();
        if self.password.is_some() || before.role != after.role || was_switched_off {
            before.session_epoch.wrapping_add(1)
        } else {
            before.session_epoch
        }
    }
}

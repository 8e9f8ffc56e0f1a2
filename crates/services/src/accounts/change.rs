//! Changing an account: its role, whether it is on, its password. Whatever a change takes away is void
//! on every replica within seconds.

use secrecy::SecretString;
use wharf_domain::context::Context;
use wharf_domain::event::{Action, Event};
use wharf_domain::id::{SessionId, UserId};
use wharf_domain::ports::passwords::PasswordVerdict;
use wharf_domain::ports::users::{AccountChange, AccountChanged};
use wharf_domain::session::Identity;
use wharf_domain::time::Timestamp;
use wharf_domain::user::{PasswordHash, Role, User};

use super::Accounts;
use crate::error::ServiceError;
use crate::meters::{self, SessionRefusal};

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
        self.apply(context, id, patch, self.environment.now()).await
    }

    /// Gives a user the role that an outside issuer's token of `issued_at` says. Tokens of before say
    /// something else, and are void then.
    pub(crate) async fn follow(
        &self,
        context: &Context,
        id: UserId,
        role: Role,
        issued_at: Timestamp,
    ) -> Result<User, ServiceError> {
        let patch = AccountPatch {
            role: Some(role),
            ..AccountPatch::default()
        };
        self.apply(context, id, patch, issued_at).await
    }

    async fn apply(
        &self,
        context: &Context,
        id: UserId,
        patch: AccountPatch,
        tokens_from: Timestamp,
    ) -> Result<User, ServiceError> {
        let found = self.find(id).await?;
        let password = match patch.password {
            Some(_) if found.outside.is_some() => return Err(ServiceError::NoPassword),
            Some(password) => Some(self.gate.passwords.hash(password).await?),
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
                tokens_from,
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
            self.prove(context, &before, known, current.clone()).await?;
            let password = self.gate.passwords.hash(new.clone()).await?;
            let change = Change {
                after: before.clone(),
                before,
                password: Some(&password),
                kept: caller.session,
                tokens_from: self.environment.now(),
            };
            if self.try_change(context, change).await?.is_some() {
                return Ok(());
            }
        }
        Err(ServiceError::Contended)
    }

    /// Compares the current password, at which somebody with a stolen token may be guessing.
    async fn prove(
        &self,
        context: &Context,
        user: &User,
        known: PasswordHash,
        current: SecretString,
    ) -> Result<(), ServiceError> {
        let counted = self.gate.limits.admit(user.email.as_str(), None).await?;
        match self.gate.passwords.verify(Some(known), current).await {
            Ok(PasswordVerdict::Match | PasswordVerdict::MatchWeak) => {
                self.gate.limits.succeeded(counted).await;
                Ok(())
            }
            Ok(PasswordVerdict::Mismatch) => {
                let refused = self.event(context, Action::SessionRefused, user.id);
                self.events.record(&refused).await?;
                meters::session_refused(SessionRefusal::Login);
                Err(ServiceError::WrongPassword)
            }
            Err(error) => {
                self.gate.limits.take_back(counted).await;
                Err(error.into())
            }
        }
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
        let after = change.outcome();
        let saved = AccountChange {
            before: &change.before,
            after: &after,
            password: change.password,
            kept: change.kept,
        };
        let changed = self.users.change(saved, &events).await;
        if !matches!(changed, Ok(refused) if refused != AccountChanged::Done) {
            // Also where nobody knows what came of it: who is not remembered is looked up.
            self.gate.recognised.forget_user(after.id);
        }
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
    /// From when on outside tokens are good, if it ends those of before.
    tokens_from: Timestamp,
}

impl Change<'_> {
    /// The account as it is to be. The session epoch moves on where sessions must not go on as they are.
    fn outcome(&self) -> User {
        let (before, after) = (&self.before, &self.after);
        let was_switched_off = before.disabled_at.is_none() && after.disabled_at.is_some();
        if self.password.is_none() && before.role == after.role && !was_switched_off {
            return after.clone();
        }
        User {
            session_epoch: before.session_epoch.wrapping_add(1),
            tokens_from: Some(self.tokens_from),
            ..after.clone()
        }
    }
}

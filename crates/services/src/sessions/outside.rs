//! Tokens of an issuer outside, which stands before Wharf and vouches for its users: there is no second
//! log-in, and no session of Wharf's own. It knows neither signatures nor the names of claims.
//!
//! An account belongs to issuer and subject. A mail address in a token opens nobody's account.

use std::fmt;
use std::sync::Arc;

use wharf_domain::context::{Actor, Context};
use wharf_domain::outside::OutsideClaims;
use wharf_domain::ports::outside_tokens::{OutsideRefusal, OutsideTokens};
use wharf_domain::session::Identity;
use wharf_domain::time::Timestamp;
use wharf_domain::user::{Role, User};

use crate::accounts::{Accounts, NewLogin};
use crate::error::{NoAccount, ServiceError};

/// What becomes of a person whom the issuer vouches for and who has no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provisioning {
    /// Their first request makes one.
    AtFirstSight,
    /// An admin makes it beforehand.
    ByAdmins,
}

/// Who comes by tokens of an outside issuer.
#[derive(Clone)]
pub struct OutsideLogins {
    tokens: Arc<dyn OutsideTokens>,
    accounts: Accounts,
    provisioning: Provisioning,
}

impl fmt::Debug for OutsideLogins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutsideLogins").finish_non_exhaustive()
    }
}

impl OutsideLogins {
    /// People whose tokens `tokens` verifies, and whose accounts are among `accounts`.
    pub fn new(
        tokens: Arc<dyn OutsideTokens>,
        accounts: Accounts,
        provisioning: Provisioning,
    ) -> Self {
        Self {
            tokens,
            accounts,
            provisioning,
        }
    }

    /// Whom a token speaks for, and until when.
    ///
    /// # Errors
    /// [`ServiceError::OutsideToken`], [`ServiceError::NoAccount`], [`ServiceError::AccountDisabled`].
    pub(super) async fn who(
        &self,
        context: &Context,
        token: &str,
    ) -> Result<(Identity, Timestamp), ServiceError> {
        let claims = self.tokens.verify(token).await?;
        let context = Context {
            actor: Actor::System,
            ..context.clone()
        };
        let user = match self.accounts.find_outside(&claims.subject).await? {
            Some(user) => user,
            None => self.provide(&context, &claims).await?,
        };
        if user.disabled_at.is_some() {
            return Err(ServiceError::AccountDisabled);
        }
        if user.tokens_from.is_some_and(|from| claims.issued_at < from) {
            return Err(OutsideRefusal::Expired.into());
        }
        let identity = Identity {
            id: user.id,
            role: self.role_of(&context, &user, &claims).await?,
            session: None,
            authenticated_at: claims.authenticated_at,
        };
        Ok((identity, claims.expires_at))
    }

    /// An account for somebody who is seen for the first time.
    async fn provide(
        &self,
        context: &Context,
        claims: &OutsideClaims,
    ) -> Result<User, ServiceError> {
        if self.provisioning == Provisioning::ByAdmins {
            return Err(NoAccount::NotProvisioned.into());
        }
        let email = claims.email.clone().ok_or(NoAccount::EmailMissing)?;
        let role = claims.role.unwrap_or(Role::Regular);
        let login = NewLogin::Outside(claims.subject.clone());
        match self.accounts.create(context, email, role, login).await {
            // Two first requests at once: one of them made it.
            Err(ServiceError::EmailTaken) => {
                let made = self.accounts.find_outside(&claims.subject).await?;
                made.ok_or(NoAccount::EmailTaken.into())
            }
            made => made,
        }
    }

    /// The user's role, which follows what the issuer says where it decides that. An account that cannot
    /// follow, as the last admin or one with documents, may do what both roles may, and no more.
    async fn role_of(
        &self,
        context: &Context,
        user: &User,
        claims: &OutsideClaims,
    ) -> Result<Role, ServiceError> {
        let Some(role) = claims.role.filter(|role| *role != user.role) else {
            return Ok(user.role);
        };
        let follow = self
            .accounts
            .follow(context, user.id, role, claims.issued_at);
        match follow.await {
            Ok(user) => Ok(user.role),
            Err(refusal @ (ServiceError::LastAdmin | ServiceError::HasStorages)) => {
                tracing::debug!(user = %user.id, %refusal, "an account cannot follow its issuer's role");
                Ok(Role::Regular)
            }
            Err(error) => Err(error),
        }
    }
}

impl From<OutsideRefusal> for ServiceError {
    fn from(refusal: OutsideRefusal) -> Self {
        Self::OutsideToken(refusal)
    }
}

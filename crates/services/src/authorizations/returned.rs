//! The answer of an authorization server, as a browser brings it (RFC 6749, section 4.1.2).

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use wharf_crypto::digest::{constant_time_eq, sha256};
use wharf_domain::context::Context;
use wharf_domain::id::UserId;
use wharf_domain::ports::one_time::OneTimeKey;
use wharf_domain::provider::Provider;

use super::begin::{is_secret, state_name};
use super::complete::parked_name;
use super::record::{Parked, Pending};
use super::{Authorizations, Outcome, Refusal};
use crate::error::ServiceError;
use crate::vault::{Belonging, VaultError};

/// How long a code waits to be confirmed. Codes live for ten minutes at most (RFC 6749, section
/// 4.1.2).
pub(super) const PARKED_LIFE: Duration = Duration::from_secs(300);

/// What a browser brought back.
#[expect(
    missing_debug_implementations,
    reason = "G-01: secrets are never printed, not even redacted"
)]
pub struct Answer {
    /// The provider whose redirect address was called.
    pub provider: Provider,
    /// The state.
    pub state: SecretString,
    /// What the server decided.
    pub verdict: Verdict,
    /// The `iss` (RFC 9207).
    pub issuer: Option<String>,
    /// What the browser's cookie holds.
    pub browser: Option<SecretString>,
}

/// What an authorization server decided.
#[expect(
    missing_debug_implementations,
    reason = "G-01: a code is never printed, not even redacted"
)]
pub enum Verdict {
    /// A code that is redeemed for tokens.
    Code(SecretString),
    /// There is none.
    Refused(Refusal),
}

/// What came of an answer, and where the browser goes on to.
#[derive(Debug)]
pub struct Returned {
    /// What came of it.
    pub outcome: Outcome,
    /// Where the browser goes on to; `None` is the server's own page.
    pub return_url: Option<String>,
}

impl Authorizations {
    /// Takes an answer. It is taken once, whatever comes of it (O-02).
    ///
    /// # Errors
    /// [`ServiceError::InvalidState`] for an answer that belongs to no authorization, or
    /// [`ServiceError::Authorizations`]. All else is an [`Outcome`].
    pub async fn take_answer(
        &self,
        context: &Context,
        answer: Answer,
    ) -> Result<Returned, ServiceError> {
        let (owner, opened) = self.recall(answer.provider, &answer.state).await?;
        let Some(pending) = opened else {
            return Ok(Returned {
                outcome: Outcome::NotAllowed,
                return_url: None,
            });
        };
        let allowed = &self.means.return_urls;
        let return_url = pending.return_url.clone();
        let return_url = return_url.filter(|url| allowed.contains(url));
        let outcome = match answer.verdict {
            Verdict::Refused(refusal) => refusal.outcome(),
            Verdict::Code(code) => {
                let is_same = is_same_browser(&pending, answer.browser.as_ref());
                let parked = Parked {
                    pursuit: pending.pursuit,
                    code,
                    answered_issuer: answer.issuer,
                };
                if is_same {
                    let context = context.as_user(owner);
                    Outcome::of(self.finish(&context, owner, parked).await)?
                } else {
                    Outcome::Confirm(self.park(owner, &parked).await?)
                }
            }
        };
        Ok(Returned {
            outcome,
            return_url,
        })
    }

    /// Whose authorization has this state, and what it was; `None` if the account's key is gone. Whoever
    /// hangs up meanwhile may come again.
    async fn recall(
        &self,
        provider: Provider,
        state: &SecretString,
    ) -> Result<(UserId, Option<Pending>), ServiceError> {
        if !is_secret(state) {
            return Err(ServiceError::InvalidState);
        }
        let (this, name) = (self.clone(), state_name(state));
        let recalling = async move {
            let record = this.take(&name).await?;
            let opened = this.open(provider, &name, &record).await;
            // Its own record of when it began ends it, however long it is kept.
            this.put_back_unless_read(name, record, this.means.state_life, &opened)
                .await;
            opened
        };
        self.means.tasks.complete(recalling).await
    }

    async fn open(
        &self,
        provider: Provider,
        name: &OneTimeKey,
        record: &[u8],
    ) -> Result<(UserId, Option<Pending>), ServiceError> {
        let (owner, sealed) = record
            .split_first_chunk()
            .ok_or(ServiceError::InvalidState)?;
        let owner = UserId::from_bytes(*owner);
        // Sealed for its provider: another's answer opens nothing (O-05).
        let belonging = Belonging::of_state(owner, provider, &name.digest);
        match self.means.vault.open_bytes(&belonging, sealed).await {
            Ok(bytes) => {
                let pending = Pending::decode(bytes.expose_secret());
                let pending = pending.ok_or(ServiceError::InvalidState)?;
                self.check_age(&pending)?;
                Ok((owner, Some(pending)))
            }
            Err(VaultError::NoDataKey) => Ok((owner, None)),
            Err(VaultError::Refused) => Err(ServiceError::InvalidState),
            Err(error) => Err(error.into()),
        }
    }

    /// The keeper of records counts by a clock of its own.
    fn check_age(&self, pending: &Pending) -> Result<(), ServiceError> {
        let now = self.means.environment.now();
        if pending.is_awaited(now, self.means.state_life) {
            Ok(())
        } else {
            Err(ServiceError::InvalidState)
        }
    }

    /// Keeps a code until its owner confirms it. The confirmation is made now and goes to the browser
    /// that brought the code: whoever only began the authorization does not know it.
    async fn park(&self, owner: UserId, parked: &Parked) -> Result<SecretString, ServiceError> {
        let confirmation = self.new_secret();
        let name = parked_name(owner, &confirmation);
        let belonging = Belonging::of_parked_code(owner, &name.digest);
        let plaintext = parked.encode();
        let sealed = self.means.vault.seal_bytes(&belonging, &plaintext).await?;
        self.records.put(name, sealed, PARKED_LIFE).await?;
        Ok(confirmation)
    }
}

/// Whether the browser that brought the answer is the one that began (O-03, K-10).
fn is_same_browser(pending: &Pending, cookie: Option<&SecretString>) -> bool {
    cookie.is_some_and(|cookie| {
        let digest = sha256(cookie.expose_secret().as_bytes());
        constant_time_eq(&digest, &pending.browser)
    })
}

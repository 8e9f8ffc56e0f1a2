//! What happens under a claim: the refresh token goes to the provider, and what comes back is kept,
//! checked or left open.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, timeout};
use wharf_domain::connection::Connection;
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::ports::oauth::{Granted, OAuthError, OAuthErrorKind, RefreshKind};
use wharf_domain::ports::refreshes::{Presented, RefreshClaim};
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;

use super::outcome::{Outcome, Verdict, verdict};
use super::{LEASE, Refresh, Step};
use crate::error::ServiceError;
use crate::turns::Turn;
use crate::vault::{CredentialOf, VaultError};

/// How long the provider may take: well within the lease, so that a claim is not lost to slowness.
const EXCHANGE: Duration = Duration::from_secs(20);

/// How often a refresh token that stays good is presented when no answer came.
const ATTEMPTS: usize = 3;

impl Refresh {
    /// Gets a new token under a claim, and stores it.
    pub(super) async fn under(
        &self,
        claim: RefreshClaim,
        current: Connection,
        is_refused: bool,
        turn: Turn,
    ) -> Result<Step, ServiceError> {
        let begun = Instant::now();
        if is_refused {
            return self.lose_rotation(&claim, &current, begun).await;
        }
        let tokens = match self.open(&current).await {
            Ok(tokens) => tokens,
            Err(error) => {
                self.release(&claim, Presented::No).await;
                return Err(error);
            }
        };
        let asked_at = self.refresher.environment.now();
        let outcome = self.exchange(&current, &tokens.refresh_token, begun).await;
        drop(turn);
        match outcome {
            Ok(granted) => {
                self.refresher.pace.agreed(current.provider);
                let fresh = renewed(tokens, &granted, asked_at);
                self.keep(claim, &current, fresh, granted, begun).await
            }
            Err(error) => self.judge(&claim, &current, error, begun).await,
        }
    }

    async fn open(&self, current: &Connection) -> Result<OAuthTokens, ServiceError> {
        let sealed = current.credential.as_ref();
        let sealed = sealed.ok_or(ServiceError::StorageDisconnected)?;
        let of = CredentialOf::from(current);
        match self.refresher.vault.open(of, sealed).await? {
            Credential::OAuth(tokens) if !tokens.refresh_token.expose_secret().is_empty() => {
                Ok(tokens)
            }
            Credential::OAuth(_) | Credential::Basic { .. } => Err(VaultError::Refused.into()),
        }
    }

    /// Presents the refresh token. One that stays good is presented again if no answer came; a strict
    /// provider may have used it, and would take the second time for a theft.
    async fn exchange(
        &self,
        current: &Connection,
        refresh_token: &SecretString,
        claimed: Instant,
    ) -> Result<Granted, OAuthError> {
        let provider = current.provider;
        if claimed.elapsed() >= LEASE - EXCHANGE {
            // It slept: somebody else may be at it by now.
            return Err(OAuthError::new(OAuthErrorKind::Unreachable, provider));
        }
        let attempts = match self.refresher.servers.refresh_kind(provider) {
            Some(RefreshKind::Strict) => 1,
            Some(RefreshKind::Stable | RefreshKind::Overlap) => ATTEMPTS,
            None => return Err(OAuthError::new(OAuthErrorKind::NotConfigured, provider)),
        };
        let trying = self.present(provider, refresh_token, attempts);
        let lost = || OAuthError::new(OAuthErrorKind::AnswerLost, provider);
        timeout(EXCHANGE, trying)
            .await
            .unwrap_or_else(|_| Err(lost()))
    }

    async fn present(
        &self,
        provider: Provider,
        refresh_token: &SecretString,
        attempts: usize,
    ) -> Result<Granted, OAuthError> {
        for _ in 1..attempts {
            match self
                .refresher
                .servers
                .refresh(provider, refresh_token)
                .await
            {
                Err(error) if error.kind == OAuthErrorKind::AnswerLost => {}
                outcome => return outcome,
            }
        }
        self.refresher
            .servers
            .refresh(provider, refresh_token)
            .await
    }

    /// Nothing but a refused grant says anything about the connection.
    async fn judge(
        &self,
        claim: &RefreshClaim,
        current: &Connection,
        error: OAuthError,
        begun: Instant,
    ) -> Result<Step, ServiceError> {
        let presented = match verdict(&error.kind) {
            Verdict::Grant => {
                self.refresher.pace.agreed(current.provider);
                return self.check_refusal(claim, current, begun).await;
            }
            Verdict::Operator | Verdict::Unsent => Presented::No,
            Verdict::Unknown => Presented::Perhaps,
        };
        self.release(claim, presented).await;
        let (outcome, error) = match error.kind {
            OAuthErrorKind::ClientRefused | OAuthErrorKind::NotConfigured => {
                self.refresher.pace.refused(&error);
                (Outcome::ClientRefused, operators_fault(error))
            }
            OAuthErrorKind::Unavailable {
                retry_after: Some(wait),
            } => {
                self.refresher.pace.pause(current.provider, wait);
                (Outcome::Unanswered, error)
            }
            _ => (Outcome::Unanswered, error),
        };
        self.record(current, outcome, begun);
        Err(error.into())
    }
}

/// A provider that is connected and not set up any more is the operator's to mend, as a wrong secret is.
fn operators_fault(error: OAuthError) -> OAuthError {
    let provider = error.provider;
    match error.kind {
        OAuthErrorKind::NotConfigured => {
            OAuthError::new(OAuthErrorKind::ClientRefused, provider).caused_by(error)
        }
        _ => error,
    }
}

/// The tokens that take the place of these. An absent refresh token leaves the one that there is.
pub(crate) fn renewed(tokens: OAuthTokens, granted: &Granted, asked_at: Timestamp) -> OAuthTokens {
    OAuthTokens {
        access_token: granted.access_token.clone(),
        refresh_token: granted
            .refresh_token
            .clone()
            .unwrap_or(tokens.refresh_token),
        issued_at: asked_at,
        expires_at: asked_at.plus(granted.expires_in),
        scopes: granted.scopes.clone(),
    }
}

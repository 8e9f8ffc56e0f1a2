//! A new token is stored before anything else happens with it, or ended where nobody wants it any
//! more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use wharf_domain::connection::{Connection, ConnectionState};
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::ports::oauth::Granted;
use wharf_domain::ports::refreshes::RefreshClaim;
use wharf_domain::ports::repository::RepositoryError;

use super::outcome::Outcome;
use super::{Refresh, Refresher, Step};
use crate::erasures::adopt;
use crate::error::ServiceError;
use crate::meters;
use crate::vault::{CredentialOf, VaultError};

/// How long it is tried while the database is away.
const TRY_FOR: Duration = Duration::from_secs(600);

/// The first pause between two attempts; it doubles, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause: whoever else comes when the database is back must not be much sooner.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A token on its way to its row.
struct Keeping<'a> {
    refresh: &'a Refresh,
    claim: RefreshClaim,
    /// The connection as it is to be; sealed once, so that it is known again.
    next: Connection,
    credential: Credential,
    granted: Granted,
}

/// What was found where the token could not be put.
enum Found {
    /// It is there: the answer to the commit was lost.
    Ours(Arc<Connection>),
    /// Another credential is there, from somebody who came later.
    Newer(Arc<Connection>),
    /// The old one is there, and the claim is ours again.
    Reclaimed,
    /// The old one is there, and somebody else is at it.
    Busy,
}

impl Refresh {
    /// Stores the tokens that came under a claim.
    pub(super) async fn keep(
        &self,
        claim: RefreshClaim,
        current: &Connection,
        tokens: OAuthTokens,
        granted: Granted,
        begun: Instant,
    ) -> Result<Step, ServiceError> {
        let answered = Instant::now();
        let next = Connection {
            credential: None,
            credential_version: claim.credential_version.saturating_add(1),
            ..current.clone()
        };
        let keeping = Keeping {
            refresh: self,
            claim,
            next,
            credential: Credential::OAuth(tokens),
            granted,
        };
        let kept = keeping.run().await;
        if let Ok(Found::Ours(_)) = kept {
            meters::refresh_stored(current.provider.as_str(), answered.elapsed());
        }
        let outcome = match &kept {
            Ok(Found::Newer(_)) => Outcome::Overtaken,
            Ok(_) => Outcome::Renewed,
            Err(ServiceError::StorageDisconnected) => Outcome::Disconnected,
            Err(error) => {
                tracing::error!(connection = %self.id, %error, "a new refresh token could not be stored");
                Outcome::Unstored
            }
        };
        self.record(current, outcome, begun);
        match kept? {
            Found::Ours(connection) | Found::Newer(connection) => Ok(Step::Renewed(connection)),
            Found::Reclaimed | Found::Busy => Ok(Step::LookAgain { is_refused: false }),
        }
    }
}

impl Keeping<'_> {
    /// Tries until the token is stored or nobody wants it any more.
    async fn run(mut self) -> Result<Found, ServiceError> {
        let deadline = Instant::now() + TRY_FOR;
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.attempt().await {
                Ok(Found::Reclaimed) => continue,
                Ok(Found::Busy) => ServiceError::RefreshPending,
                Err(error) if is_passing(&error) => error,
                ended => return ended,
            };
            if Instant::now() >= deadline {
                return Err(error);
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    async fn attempt(&mut self) -> Result<Found, ServiceError> {
        let refresher = &self.refresh.refresher;
        if self.next.credential.is_none() {
            let of = CredentialOf::from(&self.next);
            match refresher.vault.seal(of, &self.credential).await {
                Ok(sealed) => self.next.credential = Some(sealed),
                Err(error) => return self.unsealed(error).await,
            }
        }
        if let Some(sealed) = &self.next.credential {
            let now = refresher.environment.now();
            if refresher.refreshes.commit(&self.claim, sealed, now).await? {
                self.next.renewed_at = now;
                return Ok(Found::Ours(Arc::new(self.next.clone())));
            }
        }
        self.look().await
    }

    /// Without a key the token cannot be stored. An account whose key was destroyed has lost its
    /// connections with it: then the token is ended.
    async fn unsealed(&self, error: VaultError) -> Result<Found, ServiceError> {
        match self.row().await? {
            Some(_) => Err(error.into()),
            None => self.end().await,
        }
    }

    /// The connection, unless it is over.
    async fn row(&self) -> Result<Option<Connection>, RepositoryError> {
        let Refresh { owner, id, .. } = *self.refresh;
        let found = self.refresh.refresher.connections.find(owner, id).await?;
        Ok(found.filter(|found| !found.is_disconnected()))
    }

    /// Why the claim did not hold.
    async fn look(&mut self) -> Result<Found, ServiceError> {
        let Some(found) = self.row().await? else {
            return self.end().await;
        };
        if found.credential_version != self.claim.credential_version {
            let is_ours = found.credential == self.next.credential;
            let found = Arc::new(found);
            return Ok(if is_ours {
                Found::Ours(found)
            } else {
                Found::Newer(found)
            });
        }
        if let ConnectionState::RequiresReauth(_) = found.status.state {
            return Err(ServiceError::RequiresReauth);
        }
        // Overtaken by somebody who stored nothing: what we hold is good, and may be the only one that is.
        match self.refresh.claim(&found).await? {
            Some(claim) => {
                self.claim = claim;
                Ok(Found::Reclaimed)
            }
            None => Ok(Found::Busy),
        }
    }

    /// The connection was ended meanwhile: the token is ended too, not stored, unless the account
    /// was deleted and its erasure still needs one.
    async fn end(&self) -> Result<Found, ServiceError> {
        let Refresher { doomed, vault, .. } = &self.refresh.refresher;
        if let Credential::OAuth(tokens) = &self.credential
            && adopt(&**doomed, vault, self.next.id, tokens).await?
        {
            return Err(ServiceError::StorageDisconnected);
        }
        let Connection {
            owner,
            provider,
            account,
            ..
        } = &self.next;
        let revocations = &self.refresh.refresher.revocations;
        revocations
            .end_unwanted(*owner, *provider, Some(account.clone()), &self.granted)
            .await;
        Err(ServiceError::StorageDisconnected)
    }
}

/// Whether the database may be back in a moment.
fn is_passing(error: &ServiceError) -> bool {
    matches!(
        error,
        ServiceError::Repository(_) | ServiceError::Vault(VaultError::Repository(_))
    )
}

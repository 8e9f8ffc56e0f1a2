//! Ending grants at their providers (RFC 7009), if need be later: a step in the outbox says what is to
//! be ended, sealed, and is tried until it is done. It knows no timetable.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::connection::{AccountKey, Connection};
use wharf_domain::credential::Credential;
use wharf_domain::environment::Environment;
use wharf_domain::id::UserId;
use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::oauth::{AuthorizationServers, Granted, OAuthErrorKind, Revoked};
use wharf_domain::ports::outbox::Outbox;
use wharf_domain::provider::{Access, Provider};
use wharf_domain::scopes::Scopes;
use wharf_domain::step::{SealedPayload, Step, StepKind};

use crate::error::ServiceError;
use crate::fields::{self, Fields};
use crate::outbox::{Attempt, DEADLINE, LEASE};
use crate::vault::{Belonging, CredentialOf, Vault, VaultError};

/// How long whoever disconnects waits for the provider to be told.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Ends grants.
#[derive(Clone)]
pub struct Revocations {
    servers: Arc<dyn AuthorizationServers>,
    outbox: Arc<dyn Outbox>,
    connections: Arc<dyn Connections>,
    vault: Vault,
    environment: Environment,
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations").finish_non_exhaustive()
    }
}

/// What became of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The provider knows that it is over.
    Told,
    /// The provider has no way to be told, or is not set up any more.
    Untold,
    /// A live connection to the same account stands on it.
    InUse,
}

/// A grant that is to be ended.
struct Grant {
    provider: Provider,
    /// Whose it is; `None` where the provider has not said so yet.
    account: Option<AccountKey>,
    /// What names the grant to the provider.
    token: SecretString,
}

const GRANT: u8 = 1;

impl Revocations {
    /// Ends grants by these ports.
    pub fn new(
        servers: Arc<dyn AuthorizationServers>,
        outbox: Arc<dyn Outbox>,
        connections: Arc<dyn Connections>,
        vault: Vault,
        environment: Environment,
    ) -> Self {
        Self {
            servers,
            outbox,
            connections,
            vault,
            environment,
        }
    }

    /// The vault and the environment, which whoever ends connections shares.
    pub(crate) fn means(&self) -> (Vault, Environment) {
        (self.vault.clone(), self.environment.clone())
    }

    /// The step that ends the grant of a connection, already claimed by whoever saves it. `None` for a
    /// connection that stands on no grant.
    ///
    /// A credential that does not open is no reason to keep it: then the provider cannot be told.
    pub(crate) async fn of_connection(
        &self,
        connection: &Connection,
    ) -> Result<Option<Step>, ServiceError> {
        let (Access::OAuth, Some(sealed)) = (connection.provider.access(), &connection.credential)
        else {
            return Ok(None);
        };
        let of = CredentialOf::from(connection);
        let tokens = match self.vault.open(of, sealed).await {
            Ok(Credential::OAuth(tokens)) => tokens,
            Ok(Credential::Basic { .. })
            | Err(VaultError::Refused | VaultError::KeyUnavailable { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let grant = Grant {
            provider: connection.provider,
            account: Some(connection.account.clone()),
            token: tokens.refresh_token,
        };
        self.claimed_step(connection.owner, &grant).await.map(Some)
    }

    /// Ends a grant that came but could not be stored, at once or later. What fails is logged: whoever
    /// asked has another error to tell already.
    pub(crate) async fn end_unwanted(
        &self,
        owner: UserId,
        provider: Provider,
        account: Option<AccountKey>,
        granted: &Granted,
    ) {
        // Whose grant it is can only be asked with the access token; either ends it.
        let refresh_token = granted.refresh_token.as_ref().filter(|_| account.is_some());
        let grant = Grant {
            provider,
            account,
            token: refresh_token.unwrap_or(&granted.access_token).clone(),
        };
        let ending = async {
            let step = self.claimed_step(owner, &grant).await?;
            self.outbox.add(&step).await?;
            Ok::<_, ServiceError>(self.try_at_once(&step).await)
        };
        if let Err(error) = ending.await {
            tracing::error!(%provider, %error, "a grant that was not stored could not be ended");
        }
    }

    /// Tries a step that was just saved, with little patience. `None` if it is left to be tried again.
    pub(crate) async fn try_at_once(&self, step: &Step) -> Option<Ended> {
        let attempt = Attempt {
            outbox: &*self.outbox,
            environment: &self.environment,
            step,
        };
        attempt.make(AT_ONCE, self.end(step)).await
    }

    /// Ends the grant that a step names, unless a live connection stands on it by now: ending it would
    /// end that one too.
    pub(crate) async fn end(&self, step: &Step) -> Result<Ended, ServiceError> {
        let grant = self.open(step).await?;
        let account = match grant.account {
            Some(account) => account,
            None => match self.ask_account(&grant).await? {
                Some(account) => account,
                None => return Ok(Ended::Untold),
            },
        };
        let provider = grant.provider;
        if self.connections.is_account_live(provider, &account).await? {
            return Ok(Ended::InUse);
        }
        match self.servers.revoke(provider, &grant.token).await {
            Ok(Revoked::Done) => Ok(Ended::Told),
            Ok(Revoked::Unsupported) => Ok(Ended::Untold),
            Err(error) if error.kind == OAuthErrorKind::GrantRefused => Ok(Ended::Told),
            Err(error) if error.kind == OAuthErrorKind::NotConfigured => Ok(Ended::Untold),
            Err(error) => Err(error.into()),
        }
    }

    /// Whose grant it is. `None` if the provider does not say so to whoever holds the token: then it is
    /// over, or cannot be told from one that is in use.
    async fn ask_account(&self, grant: &Grant) -> Result<Option<AccountKey>, ServiceError> {
        let granted = Granted {
            access_token: grant.token.clone(),
            refresh_token: None,
            expires_in: Duration::ZERO,
            scopes: Scopes::default(),
            id_token: None,
        };
        match self.servers.account(grant.provider, &granted).await {
            Ok(account) => Ok(Some(account.key)),
            Err(error) if error.is_retryable() => Err(error.into()),
            Err(_) => Ok(None),
        }
    }

    async fn claimed_step(&self, owner: UserId, grant: &Grant) -> Result<Step, ServiceError> {
        let id = self.environment.new_id();
        let belonging = Belonging::of_revocation(owner, id);
        let payload = self.vault.seal_bytes(&belonging, &grant.encode()).await?;
        let now = self.environment.now();
        Ok(Step {
            id,
            owner,
            kind: StepKind::RevokeGrant,
            payload: SealedPayload(payload),
            created_at: now,
            due_at: now.plus(LEASE),
            deadline: now.plus(DEADLINE),
            attempts: 1,
        })
    }

    async fn open(&self, step: &Step) -> Result<Grant, ServiceError> {
        let belonging = Belonging::of_revocation(step.owner, step.id);
        let payload = self.vault.open_bytes(&belonging, &step.payload.0).await?;
        let grant = Grant::decode(payload.expose_secret());
        Ok(grant.ok_or(VaultError::Refused)?)
    }
}

impl Grant {
    fn encode(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let account = self.account.as_ref().map_or("", |key| key.0.as_str());
        fields::write(
            GRANT,
            &[
                self.provider.as_str().as_bytes(),
                account.as_bytes(),
                self.token.expose_secret().as_bytes(),
            ],
        )
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (GRANT, mut fields) = Fields::read(bytes)? else {
            return None;
        };
        let grant = Self {
            provider: fields.text()?.parse().ok()?,
            account: fields
                .optional_text()?
                .map(|key| AccountKey(key.to_owned())),
            token: SecretString::from(fields.text()?),
        };
        fields.end()?;
        Some(grant)
    }
}

//! Ending grants at their providers (RFC 7009), if need be later: a step in the outbox says what is to
//! be ended, sealed, and is tried until it is done. It knows no timetable.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, sleep, timeout};
use wharf_domain::connection::{AccountKey, Connection, ConnectionState, Endpoint, ReauthReason};
use wharf_domain::credential::Credential;
use wharf_domain::environment::Environment;
use wharf_domain::id::UserId;
use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::nextcloud::{AppPasswordEnd, Login, NextcloudServers};
use wharf_domain::ports::oauth::{
    AuthorizationServers, Granted, GrantedAccount, OAuthError, OAuthErrorKind, RefreshKind, Revoked,
};
use wharf_domain::ports::outbox::Outbox;
use wharf_domain::provider::{Access, Provider};
use wharf_domain::scopes::Scopes;
use wharf_domain::step::{SealedPayload, Step, StepKind};

use crate::app_passwords::{APP_PASSWORD, AppPassword};
use crate::error::ServiceError;
use crate::fields::{self, Fields};
use crate::outbox::{Attempt, DEADLINE, LEASE, Undone};
use crate::tasks::Tasks;
use crate::vault::{Belonging, CredentialOf, Vault, VaultError};

/// How long whoever disconnects waits for the provider to be told.
const AT_ONCE: Duration = Duration::from_secs(5);

/// How long it is tried to leave a grant that came but could not be stored behind as a step.
const TRY_FOR: Duration = Duration::from_secs(600);

/// The first pause between two of these attempts; it doubles, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause between two of these attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Ends grants.
#[derive(Clone)]
pub struct Revocations {
    servers: Arc<dyn AuthorizationServers>,
    nextclouds: Arc<dyn NextcloudServers>,
    outbox: Arc<dyn Outbox>,
    connections: Arc<dyn Connections>,
    vault: Vault,
    environment: Environment,
    tasks: Tasks,
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
    /// The provider has no way to be told, or whose grant it is could not be found out.
    Untold,
    /// A live connection to the same account stands on it.
    InUse,
}

/// What ending a connection leaves to be done at its provider.
pub(crate) enum Left {
    /// The grant is to be ended. The step is claimed already by whoever saves it.
    Step(Box<Step>),
    /// The connection stands on nothing that a provider could be told to end.
    Nothing,
    /// The provider has ended it already.
    Over,
    /// The credential is damaged: nobody can say any more what the grant is.
    Unreadable,
}

/// What is to be ended at a provider.
pub(crate) enum Ending {
    /// A grant of an authorization server.
    Grant(Grant),
    /// An app password at a Nextcloud.
    AppPassword(AppPassword),
}

/// A grant that is to be ended.
pub(crate) struct Grant {
    provider: Provider,
    /// Whose it is; `None` where the provider has not said so yet.
    account: Option<AccountKey>,
    /// What names the grant to the provider: the refresh token, where there is one.
    token: SecretString,
    /// What tells whose the grant is; only where that is not known.
    access_token: Option<SecretString>,
}

const GRANT: u8 = 1;
const GRANT_OF_SOMEBODY: u8 = 2;

impl Revocations {
    /// Ends grants by these ports.
    pub fn new(
        servers: Arc<dyn AuthorizationServers>,
        nextclouds: Arc<dyn NextcloudServers>,
        outbox: Arc<dyn Outbox>,
        connections: Arc<dyn Connections>,
        vault: Vault,
        environment: Environment,
        tasks: Tasks,
    ) -> Self {
        Self {
            servers,
            nextclouds,
            outbox,
            connections,
            vault,
            environment,
            tasks,
        }
    }

    /// The vault and the environment, which whoever ends connections shares.
    pub(crate) fn means(&self) -> (Vault, Environment) {
        (self.vault.clone(), self.environment.clone())
    }

    /// Whether somebody's live connection, or another erasure, needs this account.
    pub(crate) async fn is_needed(
        &self,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<bool, ServiceError> {
        Ok(self.connections.is_account_live(provider, account).await?)
    }

    /// What ending this connection leaves to be done.
    ///
    /// A damaged credential is no reason to keep it. One whose key is missing may well open later: until
    /// then the connection stays as it is.
    pub(crate) async fn of_connection(
        &self,
        connection: &Connection,
    ) -> Result<Left, ServiceError> {
        let Some(sealed) = &connection.credential else {
            return Ok(Left::Nothing);
        };
        let provider = connection.provider;
        if provider.access() == Access::Password && provider != Provider::Nextcloud {
            return Ok(Left::Nothing);
        }
        // D-03: a password that was refused is not tried again, and is not accepted any more.
        let password_refused = ConnectionState::RequiresReauth(ReauthReason::PasswordRefused);
        if connection.status.state == password_refused {
            return Ok(Left::Over);
        }
        let of = CredentialOf::from(connection);
        let ending = match self.vault.open(of, sealed).await {
            Ok(credential) => {
                let Connection {
                    account, endpoint, ..
                } = connection.clone();
                Ending::of(provider, account, endpoint, credential)
            }
            Err(VaultError::Refused) => {
                tracing::error!(connection = %connection.id, "a grant cannot be ended: its credential is damaged");
                return Ok(Left::Unreadable);
            }
            Err(error) => return Err(error.into()),
        };
        match self.claimed_step(connection.owner, &ending).await {
            Ok(step) => Ok(Left::Step(Box::new(step))),
            // The data key itself is damaged, or went meanwhile.
            Err(ServiceError::Vault(VaultError::Refused)) => Ok(Left::Unreadable),
            Err(error) => Err(error),
        }
    }

    /// Ends a grant that came but could not be stored, at once or later. It is not given up while the
    /// database is away: whoever asked is kept no longer than a moment, and the end of the process waits
    /// . What fails for good is logged: whoever asked has another error to tell already.
    pub(crate) async fn end_unwanted(
        &self,
        owner: UserId,
        provider: Provider,
        account: Option<AccountKey>,
        granted: &Granted,
    ) {
        let access_token = account.is_none().then(|| granted.access_token.clone());
        let refresh_token = granted.refresh_token.as_ref();
        let grant = Grant {
            provider,
            account,
            token: refresh_token.unwrap_or(&granted.access_token).clone(),
            access_token,
        };
        self.end_in_any_case(owner, Ending::Grant(grant)).await;
    }

    /// Ends an app password that came but could not be stored, with the same insistence.
    pub(crate) async fn end_unused(&self, owner: UserId, password: AppPassword) {
        self.end_in_any_case(owner, Ending::AppPassword(password))
            .await;
    }

    async fn end_in_any_case(&self, owner: UserId, what: Ending) {
        let this = self.clone();
        let ending = self.tasks.complete(async move {
            if let Err(error) = this.insist(owner, &what).await {
                let provider = what.provider();
                tracing::error!(%provider, %error, "a grant that was not stored could not be ended");
            }
            Ok(())
        });
        // Whoever runs out of patience leaves the task behind.
        let _ = timeout(AT_ONCE, ending).await;
    }

    /// Tries to be rid of a grant for minutes.
    async fn insist(&self, owner: UserId, what: &Ending) -> Result<(), ServiceError> {
        let deadline = Instant::now() + TRY_FOR;
        let mut pause = FIRST_PAUSE;
        loop {
            match self.be_rid(owner, what).await {
                Err(error) if Instant::now() < deadline => {
                    tracing::warn!(provider = %what.provider(), %error, "a grant that was not stored is still to be ended");
                }
                ended => return ended,
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Leaves a step behind and tries it. A user whose data key is gone or does not open cannot have
    /// one: then the provider is told without.
    async fn be_rid(&self, owner: UserId, what: &Ending) -> Result<(), ServiceError> {
        let step = match self.claimed_step(owner, what).await {
            Ok(step) => step,
            Err(ServiceError::Vault(
                VaultError::NoDataKey | VaultError::Refused | VaultError::KeyUnavailable { .. },
            )) => return self.end_one(what).await.map(drop),
            Err(error) => return Err(error),
        };
        self.outbox.add(&step).await?;
        self.try_at_once(&step).await;
        Ok(())
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

    async fn end(&self, step: &Step) -> Result<Ended, Undone> {
        let what = self.open(step).await?;
        Ok(self.end_one(&what).await?)
    }

    /// Ends a grant or an app password.
    pub(crate) async fn end_one(&self, what: &Ending) -> Result<Ended, ServiceError> {
        match what {
            Ending::Grant(grant) => self.end_grant(grant).await,
            Ending::AppPassword(password) => self.end_app_password(password).await,
        }
    }

    /// A password that a person typed may be that of another connection to the same account, too.
    async fn end_app_password(&self, password: &AppPassword) -> Result<Ended, ServiceError> {
        let AppPassword {
            provider,
            account,
            endpoint,
            login,
        } = password;
        if let Some(account) = account
            && self.connections.is_account_live(*provider, account).await?
        {
            return Ok(Ended::InUse);
        }
        match self.nextclouds.end_app_password(endpoint, login).await? {
            AppPasswordEnd::Ended => Ok(Ended::Told),
            AppPasswordEnd::NotAnAppPassword => Ok(Ended::Untold),
        }
    }

    /// Ends a grant, unless a live connection stands on it by now: ending it would end that one too. A
    /// provider that is not set up at the moment is an error, so that it is told when it is again.
    async fn end_grant(&self, grant: &Grant) -> Result<Ended, ServiceError> {
        let provider = grant.provider;
        let account = match &grant.account {
            Some(account) => account.clone(),
            None => match self.ask_account(grant).await? {
                Some(account) => account,
                None => {
                    tracing::error!(%provider, "a grant was not ended: nobody says whose it is");
                    return Ok(Ended::Untold);
                }
            },
        };
        if self.connections.is_account_live(provider, &account).await? {
            return Ok(Ended::InUse);
        }
        match self.servers.revoke(provider, &grant.token).await {
            Ok(Revoked::Done) => Ok(Ended::Told),
            Ok(Revoked::Unsupported) => {
                tracing::info!(%provider, "a grant was not ended: the provider cannot be told");
                Ok(Ended::Untold)
            }
            Err(error) if error.kind == OAuthErrorKind::GrantRefused => Ok(Ended::Told),
            Err(error) => Err(error.into()),
        }
    }

    /// Whose grant it is, if need be by another access token: this one may have ended long before the
    /// step is given up. `None` if the provider does not say so to whoever holds the tokens: then it is
    /// over, or cannot be told from one that is in use.
    async fn ask_account(&self, grant: &Grant) -> Result<Option<AccountKey>, ServiceError> {
        let access_token = grant.access_token.as_ref().unwrap_or(&grant.token);
        let asked = self.account_by(grant.provider, access_token).await;
        match unless_refused(asked)? {
            Some(account) => return Ok(Some(account.key)),
            None if !self.can_refresh(grant) => return Ok(None),
            None => {}
        }
        let refreshed = self.servers.refresh(grant.provider, &grant.token).await;
        let Some(refreshed) = unless_refused(refreshed)? else {
            return Ok(None);
        };
        let asked = self.servers.account(grant.provider, &refreshed).await;
        Ok(unless_refused(asked)?.map(|account| account.key))
    }

    /// A strict provider would take another refresh token than the sealed one from then on.
    fn can_refresh(&self, grant: &Grant) -> bool {
        let kind = self.servers.refresh_kind(grant.provider);
        grant.access_token.is_some() && kind != Some(RefreshKind::Strict)
    }

    async fn account_by(
        &self,
        provider: Provider,
        access_token: &SecretString,
    ) -> Result<GrantedAccount, OAuthError> {
        let granted = Granted {
            access_token: access_token.clone(),
            refresh_token: None,
            expires_in: Duration::ZERO,
            scopes: Scopes::default(),
            id_token: None,
        };
        self.servers.account(provider, &granted).await
    }

    async fn claimed_step(&self, owner: UserId, what: &Ending) -> Result<Step, ServiceError> {
        let id = self.environment.new_id();
        let belonging = Belonging::of_revocation(owner, id);
        let payload = self.vault.seal_bytes(&belonging, &what.encode()).await?;
        let now = self.environment.now();
        Ok(Step {
            id,
            owner: Some(owner),
            kind: StepKind::RevokeGrant,
            payload: SealedPayload(payload),
            created_at: now,
            due_at: now.plus(LEASE),
            deadline: now.plus(DEADLINE),
            attempts: 1,
        })
    }

    /// What a step is to end. What opens and makes no sense was sealed by another version of
    /// Wharf, beside this one or before it: it is left for that.
    pub(crate) async fn open(&self, step: &Step) -> Result<Ending, Undone> {
        let owner = step.owner.ok_or(Undone::Unknown)?;
        let belonging = Belonging::of_revocation(owner, step.id);
        let opened = self.vault.open_bytes(&belonging, &step.payload.0).await;
        let payload = opened.map_err(ServiceError::from)?;
        Ending::decode(payload.expose_secret()).ok_or(Undone::Unknown)
    }
}

/// `None` where the token was refused.
fn unless_refused<T>(answer: Result<T, OAuthError>) -> Result<Option<T>, OAuthError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == OAuthErrorKind::GrantRefused => Ok(None),
        Err(error) => Err(error),
    }
}

impl Ending {
    /// The end of what a connection to this account stands on.
    pub(crate) fn of(
        provider: Provider,
        account: AccountKey,
        endpoint: Endpoint,
        credential: Credential,
    ) -> Self {
        let account = Some(account);
        match credential {
            Credential::OAuth(tokens) => Self::Grant(Grant {
                provider,
                account,
                token: tokens.refresh_token,
                access_token: None,
            }),
            Credential::Basic { username, password } => Self::AppPassword(AppPassword {
                provider,
                account,
                endpoint,
                login: Login { username, password },
            }),
        }
    }

    /// Where it is to be ended.
    pub(crate) const fn provider(&self) -> Provider {
        match self {
            Self::Grant(grant) => grant.provider,
            Self::AppPassword(password) => password.provider,
        }
    }

    pub(crate) fn encode(&self) -> zeroize::Zeroizing<Vec<u8>> {
        match self {
            Self::Grant(grant) => grant.encode(),
            Self::AppPassword(password) => password.encode(),
        }
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        match Fields::read(bytes)? {
            (APP_PASSWORD, fields) => AppPassword::read(fields).map(Self::AppPassword),
            _ => Grant::decode(bytes).map(Self::Grant),
        }
    }
}

impl Grant {
    fn encode(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let provider = self.provider.as_str().as_bytes();
        let account = self.account.as_ref().map_or("", |key| key.0.as_str());
        let token = self.token.expose_secret().as_bytes();
        match &self.access_token {
            None => fields::write(GRANT, &[provider, account.as_bytes(), token]),
            Some(access_token) => {
                let access_token = access_token.expose_secret().as_bytes();
                fields::write(GRANT_OF_SOMEBODY, &[provider, token, access_token])
            }
        }
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, mut fields) = Fields::read(bytes)?;
        let provider = fields.text()?.parse().ok()?;
        let account = match kind {
            GRANT => fields.optional_text()?,
            GRANT_OF_SOMEBODY => None,
            _ => return None,
        };
        let account = account.map(|key| AccountKey(key.to_owned()));
        let token = SecretString::from(fields.text()?);
        let access_token = match kind {
            GRANT_OF_SOMEBODY => Some(SecretString::from(fields.text()?)),
            _ => None,
        };
        fields.end()?;
        Some(Self {
            provider,
            account,
            token,
            access_token,
        })
    }
}

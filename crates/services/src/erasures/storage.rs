//! A storage as an erasure uses it: opened with what is sealed for the part, and with another token
//! where that one has ended. One worker at a time has a part, so that nothing needs to be claimed.

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::erasure::Erasure;
use wharf_domain::id::StepId;
use wharf_domain::ports::erasure_credentials::PartCredential;
use wharf_domain::ports::oauth::{OAuthError, OAuthErrorKind};
use wharf_domain::ports::storage::{StorageBackend, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_domain::step::SealedPayload;
use wharf_domain::time::Timestamp;

use super::account::Account;
use super::{Erasures, Reach};
use crate::connections::refresh::renewed;
use crate::error::ServiceError;
use crate::vault::{PurgeKey, VaultError};

/// A storage that is being cleared.
pub(super) struct Storage<'a> {
    erasures: &'a Erasures,
    part: StepId,
    provider: Provider,
    purge_key: Arc<PurgeKey>,
    held: Mutex<Held>,
}

/// What is in use.
struct Held {
    account: Account,
    version: u32,
    /// Until then somebody else may bring another.
    until: Option<Timestamp>,
    backend: Arc<dyn StorageBackend>,
}

/// Why a call did not do what it was to.
pub(super) enum Failed {
    /// The storage said so.
    Storage(StorageError),
    /// It could not be asked.
    Unasked(ServiceError),
}

impl Erasures {
    /// The storage of a part, opened with its credential. It makes no call.
    pub(super) async fn storage(
        &self,
        erasure: &Erasure,
        (part, provider): (StepId, Provider),
        credential: &PartCredential,
    ) -> Result<Storage<'_>, ServiceError> {
        let purge_key = self.vault.purge_key(erasure).await?;
        let opened = purge_key.open(part, credential.version, &credential.sealed.0);
        let opened = opened.await?;
        let account = Account::decode(opened.expose_secret()).ok_or(VaultError::Refused)?;
        let held = Held {
            backend: self.backend(provider, &account)?,
            account,
            version: credential.version,
            until: credential.held_until,
        };
        Ok(Storage {
            erasures: self,
            part,
            provider,
            purge_key: Arc::new(purge_key),
            held: Mutex::new(held),
        })
    }

    /// Tokens go to the operator's address for the provider, whatever the row said.
    fn backend(
        &self,
        provider: Provider,
        account: &Account,
    ) -> Result<Arc<dyn StorageBackend>, ServiceError> {
        let endpoint = match account.credential {
            Credential::Basic { .. } => account.endpoint.clone(),
            Credential::OAuth(_) => {
                let not_configured = || OAuthError::new(OAuthErrorKind::NotConfigured, provider);
                let storage = self.reach.servers.storage(provider);
                storage.ok_or_else(not_configured)?
            }
        };
        let backends = &self.reach.backends;
        Ok(backends.open(provider, &endpoint, &account.credential))
    }
}

impl Storage<'_> {
    /// The account as it is known by now.
    pub(super) async fn account(&self) -> Account {
        self.held.lock().await.account.clone()
    }

    /// Makes a call, and once more with another token if the one in use is not accepted any more.
    pub(super) async fn call<T, F>(
        &self,
        call: impl Fn(Arc<dyn StorageBackend>) -> F,
    ) -> Result<T, Failed>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        let (backend, version) = self.ready().await.map_err(Failed::Unasked)?;
        match call(backend).await {
            Err(error) if error.kind == StorageErrorKind::TokenExpired => {
                let backend = self.after_refusal(version).await;
                let backend = backend.map_err(Failed::Unasked)?;
                call(backend).await.map_err(Failed::Storage)
            }
            outcome => outcome.map_err(Failed::Storage),
        }
    }

    async fn ready(&self) -> Result<(Arc<dyn StorageBackend>, u32), ServiceError> {
        let mut held = self.held.lock().await;
        if let Credential::OAuth(tokens) = &held.account.credential
            && has_ended(tokens, self.erasures.environment.now())
        {
            self.renew(&mut held).await?;
        }
        Ok((Arc::clone(&held.backend), held.version))
    }

    async fn after_refusal(&self, refused: u32) -> Result<Arc<dyn StorageBackend>, ServiceError> {
        let mut held = self.held.lock().await;
        if held.version == refused {
            self.renew(&mut held).await?;
        }
        Ok(Arc::clone(&held.backend))
    }

    /// Gets another token, which is durable before it is used. Whoever loses the part meanwhile does
    /// not end it: what comes may be the only token that is good.
    async fn renew(&self, held: &mut Held) -> Result<(), ServiceError> {
        let Credential::OAuth(tokens) = &held.account.credential else {
            return Err(ServiceError::RequiresReauth);
        };
        let asked_at = self.erasures.environment.now();
        if held.until.is_some_and(|until| asked_at < until) {
            return Err(ServiceError::RefreshPending);
        }
        let renewal = Renewal {
            erasures: self.erasures.clone(),
            part: self.part,
            provider: self.provider,
            purge_key: Arc::clone(&self.purge_key),
            account: held.account.clone(),
            version: held.version,
        };
        let renewal = renewal.make(tokens.clone(), asked_at);
        match self.erasures.tasks.complete(renewal).await? {
            Some((account, version)) => self.hold(held, account, version),
            None => self.look_again(held).await,
        }
    }

    /// Somebody who had begun a refresh before the deletion may have left a newer token here.
    async fn look_again(&self, held: &mut Held) -> Result<(), ServiceError> {
        let found = self.erasures.reach.erasures.part(self.part).await?;
        let credential = found.and_then(|(_, _, credential)| credential);
        let newer = credential.filter(|credential| credential.version > held.version);
        let newer = newer.ok_or(ServiceError::RequiresReauth)?;
        let opened = self
            .purge_key
            .open(self.part, newer.version, &newer.sealed.0)
            .await?;
        let account = Account::decode(opened.expose_secret()).ok_or(VaultError::Refused)?;
        self.hold(held, account, newer.version)
    }

    fn hold(&self, held: &mut Held, account: Account, version: u32) -> Result<(), ServiceError> {
        *held = Held {
            backend: self.erasures.backend(self.provider, &account)?,
            account,
            version,
            until: None,
        };
        Ok(())
    }
}

/// What another token is got for.
struct Renewal {
    erasures: Erasures,
    part: StepId,
    provider: Provider,
    purge_key: Arc<PurgeKey>,
    account: Account,
    version: u32,
}

impl Renewal {
    /// The account with another token, once that is kept; `None` if somebody else may have brought one.
    async fn make(
        self,
        tokens: OAuthTokens,
        asked_at: Timestamp,
    ) -> Result<Option<(Account, u32)>, ServiceError> {
        let Reach {
            servers,
            credentials,
            ..
        } = &self.erasures.reach;
        let granted = match servers.refresh(self.provider, &tokens.refresh_token).await {
            Ok(granted) => granted,
            Err(error) if error.kind == OAuthErrorKind::GrantRefused => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let account = Account {
            credential: Credential::OAuth(renewed(tokens, &granted, asked_at)),
            ..self.account
        };
        let version = self.version.saturating_add(1);
        let sealed = self.purge_key.seal(self.part, version, &account.encode())?;
        let sealed = SealedPayload(sealed);
        let replaced = credentials.replace(self.part, &sealed, self.version);
        Ok(replaced.await?.then_some((account, version)))
    }
}

/// A token that ends so soon is taken for ended.
fn has_ended(tokens: &OAuthTokens, now: Timestamp) -> bool {
    const MARGIN: std::time::Duration = std::time::Duration::from_secs(60);
    let life = tokens.expires_at.since(tokens.issued_at);
    tokens.expires_at.since(now) <= MARGIN.min(life / 4)
}

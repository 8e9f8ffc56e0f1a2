//! A provider whose refresh tokens die by their use, with accounts, grants and files. One call of each kind
//! waits at a gate until the test lets it go on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use wharf_domain::connection::{AccountKey, Endpoint};
use wharf_domain::ports::oauth::{
    AuthorizationRequest, AuthorizationServers, Begun, CodeRedemption, Granted, GrantedAccount,
    OAuthError, OAuthErrorKind, RefreshKind, Revoked,
};
use wharf_domain::provider::Provider;
use wharf_domain::scopes::Scopes;

/// Where the first who comes waits.
pub(super) struct Gate {
    is_taken: AtomicBool,
    opened: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            is_taken: AtomicBool::new(false),
            opened: Semaphore::new(0),
        }
    }
}

impl Gate {
    pub(super) async fn pass(&self) {
        if !self.is_taken.swap(true, Ordering::SeqCst) {
            self.opened.acquire().await.unwrap().forget();
        }
    }

    pub(super) fn open(&self) {
        self.opened.add_permits(1);
    }

    /// Whether somebody has come.
    pub(super) fn is_taken(&self) -> bool {
        self.is_taken.load(Ordering::SeqCst)
    }
}

/// The provider.
#[derive(Clone)]
pub(super) struct Cloud(Arc<Inner>);

pub(super) struct Inner {
    /// Whether what waits at the gate has been done, and only its answer is on the way.
    early: bool,
    pub(super) refreshed: Gate,
    pub(super) redeemed: Gate,
    pub(super) stored: Gate,
    state: Mutex<State>,
}

impl std::ops::Deref for Cloud {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

#[derive(Default)]
struct State {
    issued: u64,
    /// Whose the refresh tokens are that are good.
    refresh_tokens: BTreeMap<String, String>,
    /// Whose the access tokens are that are good.
    access_tokens: BTreeMap<String, String>,
    presented: Vec<String>,
    files: BTreeSet<(String, String)>,
}

impl Cloud {
    pub(super) fn new(early: bool) -> Self {
        Self(Arc::new(Inner {
            early,
            refreshed: Gate::default(),
            redeemed: Gate::default(),
            stored: Gate::default(),
            state: Mutex::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The person of this account consents.
    pub(super) fn grant(&self, account: &str) -> Granted {
        let mut state = self.state();
        state.issued += 1;
        let (access, refresh) = (
            format!("at-{}", state.issued),
            format!("rt-{}", state.issued),
        );
        state
            .access_tokens
            .insert(access.clone(), account.to_owned());
        state
            .refresh_tokens
            .insert(refresh.clone(), account.to_owned());
        Granted {
            access_token: access.into(),
            refresh_token: Some(refresh.into()),
            expires_in: Duration::from_secs(3600),
            scopes: Scopes::default(),
            id_token: None,
        }
    }

    /// The account's access tokens are not taken any more.
    pub(super) fn expire(&self, account: &str) {
        self.state().access_tokens.retain(|_, of| of != account);
    }

    /// The account that an access token opens.
    pub(super) fn opened_by(&self, access_token: &SecretString) -> Option<String> {
        let state = self.state();
        state
            .access_tokens
            .get(access_token.expose_secret())
            .cloned()
    }

    pub(super) fn put(&self, account: &str, name: &str) {
        self.state()
            .files
            .insert((account.to_owned(), name.to_owned()));
    }

    pub(super) fn has(&self, account: &str, name: &str) -> bool {
        self.state()
            .files
            .contains(&(account.to_owned(), name.to_owned()))
    }

    /// Whether there was such a file.
    pub(super) fn remove(&self, account: &str, name: &str) -> bool {
        self.state()
            .files
            .remove(&(account.to_owned(), name.to_owned()))
    }

    /// Everything of anybody's that is left: files, and accounts whose grants stand.
    pub(super) fn left(&self) -> Vec<String> {
        let state = self.state();
        let files = state
            .files
            .iter()
            .map(|(account, name)| format!("{account}/{name}"));
        files
            .chain(state.refresh_tokens.values().cloned())
            .collect()
    }

    /// The refresh tokens that were presented more than once.
    pub(super) fn repeated(&self) -> Vec<String> {
        let state = self.state();
        let presented = state.presented.iter();
        let twice =
            presented.filter(|it| state.presented.iter().filter(|other| other == it).count() > 1);
        twice.cloned().collect()
    }

    fn refreshed(&self, refresh_token: &SecretString) -> Result<Granted, OAuthError> {
        let token = refresh_token.expose_secret().to_owned();
        self.state().presented.push(token.clone());
        let account = self.state().refresh_tokens.remove(&token);
        account
            .map(|account| self.grant(&account))
            .ok_or_else(refused)
    }
}

fn refused() -> OAuthError {
    OAuthError::new(OAuthErrorKind::GrantRefused, Provider::GoogleDrive)
}

#[async_trait]
impl AuthorizationServers for Cloud {
    fn offers(&self, provider: Provider) -> bool {
        provider == Provider::GoogleDrive
    }

    fn refresh_kind(&self, _: Provider) -> Option<RefreshKind> {
        Some(RefreshKind::Strict)
    }

    fn needed(&self, _: Provider) -> Option<Scopes> {
        Some(Scopes::default())
    }

    fn storage(&self, _: Provider) -> Option<Endpoint> {
        Some(Endpoint("https://www.example.com/".to_owned()))
    }

    fn begin(&self, _: Provider, request: &AuthorizationRequest) -> Result<Begun, OAuthError> {
        Ok(Begun {
            url: request.state.expose_secret().to_owned(),
            issuer: None,
            redirect_uri: "https://wharf.example.com/callback".to_owned(),
        })
    }

    async fn redeem(&self, _: Provider, code: CodeRedemption) -> Result<Granted, OAuthError> {
        let granted = self.early.then(|| self.grant(code.code.expose_secret()));
        self.redeemed.pass().await;
        Ok(granted.unwrap_or_else(|| self.grant(code.code.expose_secret())))
    }

    async fn account(&self, _: Provider, granted: &Granted) -> Result<GrantedAccount, OAuthError> {
        let account = self.opened_by(&granted.access_token).ok_or_else(refused)?;
        Ok(GrantedAccount {
            key: AccountKey(account.clone()),
            label: account,
            endpoint: Endpoint("https://www.example.com/".to_owned()),
        })
    }

    async fn refresh(&self, _: Provider, token: &SecretString) -> Result<Granted, OAuthError> {
        let granted = self.early.then(|| Cloud::refreshed(self, token));
        self.refreshed.pass().await;
        granted.unwrap_or_else(|| Cloud::refreshed(self, token))
    }

    async fn revoke(&self, _: Provider, token: &SecretString) -> Result<Revoked, OAuthError> {
        let mut state = self.state();
        let account = state.refresh_tokens.get(token.expose_secret()).cloned();
        let account = account.ok_or_else(refused)?;
        state.refresh_tokens.retain(|_, of| *of != account);
        state.access_tokens.retain(|_, of| *of != account);
        Ok(Revoked::Done)
    }
}

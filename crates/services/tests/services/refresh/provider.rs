//! A simulated authorization server: what it issued, what it takes, and what it does to refresh tokens
//! that were used. It knows no replica and no fault of the network.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use wharf_domain::ports::oauth::{Granted, OAuthErrorKind, RefreshKind};
use wharf_domain::scopes::Scopes;

/// How long access tokens last.
pub(crate) const LIFE: Duration = Duration::from_secs(3600);

/// Where its storage lies, as the operator's settings say. Rows of connections say something else.
pub(crate) const API: &str = "https://api.example.com/";

/// One server with one account.
#[derive(Clone)]
pub(crate) struct Server {
    kind: RefreshKind,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    issued: u64,
    /// The family of each refresh token, and whether it is taken.
    refresh_tokens: HashMap<String, (u64, bool)>,
    access_tokens: HashMap<String, Access>,
    /// The family that the person has granted; others are over.
    granted: Option<u64>,
    /// Every refresh token that was presented, in order, and when.
    presented: Vec<(String, Instant)>,
    /// How often it was told that a grant is over.
    told: usize,
    /// How many refreshes are under way, and how many were at most.
    under_way: usize,
    most: usize,
}

struct Access {
    family: u64,
    until: Instant,
}

impl Server {
    pub(crate) fn new(kind: RefreshKind) -> Self {
        Self {
            kind,
            state: Arc::default(),
        }
    }

    pub(crate) fn kind(&self) -> RefreshKind {
        self.kind
    }

    /// The person consents, maybe once more.
    pub(crate) fn consent(&self) -> Granted {
        let mut state = self.state();
        state.issued += 1;
        let family = match (self.kind, state.granted) {
            // Google and Microsoft have one grant a person and application.
            (RefreshKind::Stable | RefreshKind::Overlap, Some(family)) => family,
            _ => state.issued,
        };
        state.granted = Some(family);
        state.issue(family, true)
    }

    /// The person takes the grant back, or somebody ends it by one of its tokens.
    pub(crate) fn end(&self) {
        self.state().granted = None;
    }

    pub(crate) fn end_by(&self, refresh_token: &SecretString) {
        let mut state = self.state();
        state.told += 1;
        let token = refresh_token.expose_secret();
        let family = state.refresh_tokens.get(token).map(|(family, _)| *family);
        if family.is_some() && family == state.granted {
            state.granted = None;
        }
    }

    /// How often somebody said that a grant is over.
    pub(crate) fn told(&self) -> usize {
        self.state().told
    }

    pub(crate) fn has_grant(&self) -> bool {
        self.state().granted.is_some()
    }

    /// A request is on its way.
    pub(crate) fn arriving(&self) -> Underway {
        let mut state = self.state();
        state.under_way += 1;
        state.most = state.most.max(state.under_way);
        Underway(self.clone())
    }

    /// How many requests were under way at the same time, at most.
    pub(crate) fn most(&self) -> usize {
        self.state().most
    }

    /// A refresh token is used.
    pub(crate) fn refresh(&self, refresh_token: &SecretString) -> Result<Granted, OAuthErrorKind> {
        let mut state = self.state();
        let token = refresh_token.expose_secret().to_owned();
        state.presented.push((token.clone(), Instant::now()));
        if !state.takes(&token) {
            return Err(OAuthErrorKind::GrantRefused);
        }
        let family = state.refresh_tokens.get(&token).map(|(family, _)| *family);
        if self.kind == RefreshKind::Strict {
            state
                .refresh_tokens
                .entry(token)
                .and_modify(|it| it.1 = false);
        }
        let rotates = self.kind != RefreshKind::Stable;
        Ok(state.issue(family.unwrap_or_default(), rotates))
    }

    /// Whether a refresh with this token would be granted.
    pub(crate) fn takes(&self, refresh_token: &SecretString) -> bool {
        self.state().takes(refresh_token.expose_secret())
    }

    /// Whether a call with this access token would be answered.
    pub(crate) fn opens(&self, access_token: &SecretString) -> bool {
        let state = self.state();
        let access = state.access_tokens.get(access_token.expose_secret());
        access.is_some_and(|it| Some(it.family) == state.granted && it.until > Instant::now())
    }

    /// All access tokens end at once.
    pub(crate) fn expire(&self) {
        self.state().access_tokens.clear();
    }

    /// How many refreshes there were.
    pub(crate) fn refreshes(&self) -> usize {
        self.state().presented.len()
    }

    /// The refresh tokens that were presented more than once.
    pub(crate) fn repeated(&self) -> usize {
        let state = self.state();
        let tokens = state.presented.iter().map(|(token, _)| token);
        let mut tokens: Vec<&String> = tokens.collect();
        tokens.sort_unstable();
        tokens.dedup();
        state.presented.len() - tokens.len()
    }

    /// How many refresh tokens were presented within a second, at most.
    pub(crate) fn busiest_second(&self) -> usize {
        let state = self.state();
        let times = state.presented.iter().map(|(_, at)| *at).enumerate();
        // As many as there are from the first that is less than a second before this one, to this one.
        let mut from = state.presented.iter().map(|(_, at)| *at).peekable();
        let mut passed = 0;
        let within = times.map(|(number, at)| {
            while from
                .next_if(|first| *first + Duration::from_secs(1) <= at)
                .is_some()
            {
                passed += 1;
            }
            number + 1 - passed
        });
        within.max().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way, until this is dropped.
pub(crate) struct Underway(Server);

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

impl State {
    fn takes(&self, token: &str) -> bool {
        let known = self.refresh_tokens.get(token);
        known.is_some_and(|(family, is_taken)| *is_taken && Some(*family) == self.granted)
    }

    fn issue(&mut self, family: u64, with_refresh_token: bool) -> Granted {
        self.issued += 1;
        let (access, refresh) = (format!("at-{}", self.issued), format!("rt-{}", self.issued));
        let until = Instant::now() + LIFE;
        self.access_tokens
            .insert(access.clone(), Access { family, until });
        if with_refresh_token {
            self.refresh_tokens.insert(refresh.clone(), (family, true));
        }
        Granted {
            access_token: access.into(),
            refresh_token: with_refresh_token.then(|| refresh.into()),
            expires_in: LIFE,
            scopes: Scopes::default(),
            id_token: None,
        }
    }
}

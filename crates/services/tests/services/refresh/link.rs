//! What lies between a replica and the rest of the world: latency, outages, and a replica that stops
//! or dies in the middle. Every port of a replica goes through its link.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::time::{Instant, sleep, sleep_until};
use wharf_domain::connection::{
    AccountKey, Connection, ConnectionStatus, DisplayName, Endpoint, SealedCredential,
};
use wharf_domain::event::Event;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::connections::{Connections, Disconnected};
use wharf_domain::ports::data_keys::DataKeys;
use wharf_domain::ports::events::Events;
use wharf_domain::ports::oauth::{
    AuthorizationRequest, AuthorizationServers, Begun, CodeRedemption, Granted, GrantedAccount,
    OAuthError, OAuthErrorKind, RefreshKind, Revoked,
};
use wharf_domain::ports::outbox::{Claim, Outbox};
use wharf_domain::ports::refreshes::{IdlePosition, Presented, RefreshClaim, Refreshes};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::provider::Provider;
use wharf_domain::random::Random as _;
use wharf_domain::scopes::Scopes;
use wharf_domain::step::Step;
use wharf_domain::time::Timestamp;
use wharf_domain::user::WrappedDataKey;

use crate::refresh::provider::{API, Server};
use crate::refresh::rows::Rows;
use crate::refresh::world::{Chance, Weather};

/// A replica's way to the rows and to the provider.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) rows: Rows,
    pub(crate) server: Server,
    pub(crate) weather: Weather,
    pub(crate) chance: Arc<Chance>,
    health: Arc<Mutex<Health>>,
}

#[derive(Clone, Copy, Default)]
struct Health {
    is_dead: bool,
    stopped_until: Option<Instant>,
    /// At which of the coming steps of an exchange the replica dies.
    dies_at: Option<Moment>,
}

/// The moments of a refresh at which a replica may die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    BeforeSend,
    Sent,
    Answered,
    Stored,
}

impl Moment {
    pub(crate) const ALL: [Self; 4] = [Self::BeforeSend, Self::Sent, Self::Answered, Self::Stored];
}

impl Link {
    pub(crate) fn new(rows: Rows, server: Server, weather: Weather, chance: Arc<Chance>) -> Self {
        Self {
            rows,
            server,
            weather,
            chance,
            health: Arc::default(),
        }
    }

    /// Nothing that the replica does or is told has any effect from now on.
    pub(crate) fn kill(&self) {
        self.health().is_dead = true;
    }

    pub(crate) fn kill_at(&self, moment: Moment) {
        self.health().dies_at = Some(moment);
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.health().is_dead
    }

    /// Whether it stands still, or stood still a short while ago.
    pub(crate) fn stands_still(&self) -> bool {
        let until = self.health().stopped_until;
        until.is_some_and(|until| until + Duration::from_secs(60) > Instant::now())
    }

    pub(crate) async fn until_dead(&self) {
        while !self.is_dead() {
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// The replica stops for so long, in the middle of whatever it does.
    pub(crate) fn stop_for(&self, duration: Duration) {
        self.health().stopped_until = Some(Instant::now() + duration);
    }

    /// The way takes its time, and further if the replica stands still.
    async fn pass(&self) {
        sleep(self.chance.latency()).await;
        loop {
            let Health {
                is_dead,
                stopped_until,
                ..
            } = *self.health();
            if is_dead {
                std::future::pending::<()>().await;
            }
            match stopped_until.filter(|until| *until > Instant::now()) {
                Some(until) => sleep_until(until).await,
                None => return,
            }
        }
    }

    async fn reach(&self, moment: Moment) {
        if self.health().dies_at == Some(moment) {
            self.kill();
        }
        self.pass().await;
    }

    /// To the database and back.
    async fn ask<T>(
        &self,
        answer: impl Future<Output = Result<T, RepositoryError>>,
    ) -> Result<T, RepositoryError> {
        let unavailable = || RepositoryError::Unavailable("planted".into());
        self.pass().await;
        if self.weather.is_database_down() {
            return Err(unavailable());
        }
        let answer = answer.await;
        let is_lost = self.weather.loses_database_answers() && self.chance.one_in(8);
        self.pass().await;
        if is_lost { Err(unavailable()) } else { answer }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AuthorizationServers for Link {
    fn offers(&self, _: Provider) -> bool {
        true
    }

    fn refresh_kind(&self, _: Provider) -> Option<RefreshKind> {
        Some(self.server.kind())
    }

    fn needed(&self, _: Provider) -> Option<Scopes> {
        Some(Scopes::default())
    }

    fn storage(&self, _: Provider) -> Option<Endpoint> {
        Some(Endpoint(API.to_owned()))
    }

    fn begin(&self, provider: Provider, _: &AuthorizationRequest) -> Result<Begun, OAuthError> {
        Err(OAuthError::new(OAuthErrorKind::NotConfigured, provider))
    }

    async fn redeem(&self, provider: Provider, _: CodeRedemption) -> Result<Granted, OAuthError> {
        Err(OAuthError::new(OAuthErrorKind::NotConfigured, provider))
    }

    async fn account(&self, provider: Provider, _: &Granted) -> Result<GrantedAccount, OAuthError> {
        Err(OAuthError::new(OAuthErrorKind::InvalidAnswer, provider))
    }

    async fn refresh(
        &self,
        provider: Provider,
        refresh_token: &SecretString,
    ) -> Result<Granted, OAuthError> {
        let failed = |kind| Err(OAuthError::new(kind, provider));
        let _underway = self.server.arriving();
        self.reach(Moment::BeforeSend).await;
        sleep(self.weather.slowness()).await;
        if let Some(kind) = self.weather.trouble(&self.chance) {
            return failed(kind);
        }
        let answer = self.server.refresh(refresh_token);
        self.reach(Moment::Sent).await;
        if self.weather.loses_answers(&self.chance) {
            return failed(OAuthErrorKind::AnswerLost);
        }
        self.reach(Moment::Answered).await;
        answer.map_err(|kind| OAuthError::new(kind, provider))
    }

    async fn revoke(
        &self,
        provider: Provider,
        refresh_token: &SecretString,
    ) -> Result<Revoked, OAuthError> {
        self.pass().await;
        if let Some(kind) = self.weather.trouble(&self.chance) {
            return Err(OAuthError::new(kind, provider));
        }
        if self.weather.hangs(provider) {
            std::future::pending::<()>().await;
        }
        self.server.end_by(refresh_token);
        Ok(Revoked::Done)
    }
}

#[async_trait]
impl Refreshes for Link {
    async fn claim(
        &self,
        connection: &Connection,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<RefreshClaim>, RepositoryError> {
        self.ask(Refreshes::claim(&self.rows, connection, now, lease))
            .await
    }

    async fn commit(
        &self,
        claim: &RefreshClaim,
        credential: &SealedCredential,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let committed = self.ask(self.rows.commit(claim, credential, now)).await;
        if self.weather.shreds_at_commit() {
            self.rows.shred();
        }
        self.reach(Moment::Stored).await;
        committed
    }

    async fn release(
        &self,
        claim: &RefreshClaim,
        presented: Presented,
    ) -> Result<bool, RepositoryError> {
        self.ask(self.rows.release(claim, presented)).await
    }

    async fn refuse(
        &self,
        claim: &RefreshClaim,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        self.ask(self.rows.refuse(claim, status, events)).await
    }

    async fn idle(
        &self,
        provider: Provider,
        renewed_before: Timestamp,
        after: Option<IdlePosition>,
        limit: usize,
    ) -> Result<Vec<Connection>, RepositoryError> {
        self.ask(self.rows.idle(provider, renewed_before, after, limit))
            .await
    }
}

#[async_trait]
impl Connections for Link {
    async fn insert(
        &self,
        connection: &Connection,
        events: &[Event],
    ) -> Result<(), RepositoryError> {
        self.ask(self.rows.insert(connection, events)).await
    }

    async fn find(
        &self,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Option<Connection>, RepositoryError> {
        self.ask(self.rows.find(owner, id)).await
    }

    async fn find_account(
        &self,
        owner: UserId,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<Option<Connection>, RepositoryError> {
        self.ask(self.rows.find_account(owner, provider, account))
            .await
    }

    async fn is_account_live(
        &self,
        provider: Provider,
        account: &AccountKey,
    ) -> Result<bool, RepositoryError> {
        self.ask(self.rows.is_account_live(provider, account)).await
    }

    async fn list(&self, owner: UserId) -> Result<Vec<Connection>, RepositoryError> {
        self.ask(self.rows.list(owner)).await
    }

    async fn replace_credential(
        &self,
        connection: &Connection,
        replaced: u32,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        self.ask(self.rows.replace_credential(connection, replaced, events))
            .await
    }

    async fn rename(
        &self,
        owner: UserId,
        id: ConnectionId,
        name: &DisplayName,
    ) -> Result<bool, RepositoryError> {
        self.ask(self.rows.rename(owner, id, name)).await
    }

    async fn set_status(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let set = self
            .rows
            .set_status(owner, id, credential_version, status, events);
        self.ask(set).await
    }

    async fn disconnect(
        &self,
        owner: UserId,
        id: ConnectionId,
        credential_version: u32,
        steps: &[Step],
        events: &[Event],
    ) -> Result<Option<Disconnected>, RepositoryError> {
        let ended = self
            .rows
            .disconnect(owner, id, credential_version, steps, events);
        self.ask(ended).await
    }
}

#[async_trait]
impl DataKeys for Link {
    async fn data_key(&self, user: UserId) -> Result<Option<WrappedDataKey>, RepositoryError> {
        self.ask(self.rows.data_key(user)).await
    }
}

#[async_trait]
impl Events for Link {
    async fn record(&self, event: &Event) -> Result<(), RepositoryError> {
        self.ask(self.rows.record(event)).await
    }
}

#[async_trait]
impl Outbox for Link {
    async fn add(&self, step: &Step) -> Result<(), RepositoryError> {
        if self.weather.is_outbox_down() {
            return Err(RepositoryError::Unavailable("planted".into()));
        }
        self.ask(self.rows.add(step)).await
    }

    async fn claim(
        &self,
        now: Timestamp,
        lease_ends: Timestamp,
        limit: usize,
    ) -> Result<Vec<Step>, RepositoryError> {
        self.ask(Outbox::claim(&self.rows, now, lease_ends, limit))
            .await
    }

    async fn complete(&self, claim: Claim) -> Result<bool, RepositoryError> {
        self.ask(self.rows.complete(claim)).await
    }

    async fn postpone(&self, claim: Claim, due_at: Timestamp) -> Result<bool, RepositoryError> {
        self.ask(self.rows.postpone(claim, due_at)).await
    }

    async fn bury(&self, claim: Claim, now: Timestamp) -> Result<bool, RepositoryError> {
        self.ask(self.rows.bury(claim, now)).await
    }
}

impl Chance {
    /// A few milliseconds.
    fn latency(&self) -> Duration {
        let mut byte = [0; 1];
        self.fill(&mut byte);
        let [millis] = byte;
        Duration::from_micros(u64::from(millis) * 50)
    }
}

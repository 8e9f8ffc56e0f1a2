//! The world around the replicas: rows, a provider, a person who connects, time, chance and weather.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use wharf_crypto::{Keyring, LiveKeyring};
use wharf_domain::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, Endpoint,
};
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::connections::Connections as _;
use wharf_domain::ports::oauth::{Granted, OAuthErrorKind, RefreshKind};
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;
use wharf_domain::time::{Clock, Timestamp};
use wharf_services::vault::{CredentialOf, Vault};

use crate::refresh::link::Link;
use crate::refresh::provider::Server;
use crate::refresh::rows::Rows;

pub(crate) const OWNER: UserId = UserId::from_bytes([1; 16]);
pub(crate) const CONNECTION: ConnectionId = ConnectionId::from_bytes([2; 16]);

const START: Timestamp = Timestamp::from_unix_seconds(1_795_421_730);

/// Everything but the replicas.
pub(crate) struct World {
    pub(crate) rows: Rows,
    pub(crate) server: Server,
    pub(crate) weather: Weather,
    pub(crate) chance: Arc<Chance>,
    pub(crate) keyring: Arc<Keyring>,
    began: Instant,
}

impl World {
    /// A world in which Anna has connected her account at a provider of this kind.
    pub(crate) async fn new(kind: RefreshKind, seed: u64) -> Self {
        let world = Self {
            rows: Rows::fresh(),
            server: Server::new(kind),
            weather: Weather::default(),
            chance: Arc::new(Chance::new(seed)),
            keyring: Arc::new(Keyring::generate().unwrap()),
            began: Instant::now(),
        };
        let key = world.vault().new_data_key(OWNER).unwrap();
        world.rows.keep_key(OWNER, key);
        world.connect(CONNECTION).await;
        world
    }

    pub(crate) fn link(&self) -> Link {
        Link::new(
            self.rows.clone(),
            self.server.clone(),
            self.weather.clone(),
            Arc::clone(&self.chance),
        )
    }

    pub(crate) fn vault(&self) -> Vault {
        Vault::new(
            LiveKeyring::fixed(Arc::clone(&self.keyring)),
            Arc::new(self.rows.clone()),
        )
    }

    pub(crate) fn clock(&self, watch: &Watch) -> SimulatedClock {
        SimulatedClock {
            began: self.began,
            watch: watch.clone(),
        }
    }

    /// The true time.
    pub(crate) fn now(&self) -> Timestamp {
        START.plus(self.began.elapsed())
    }

    /// Connects once more, under this id.
    pub(crate) async fn connect(&self, id: ConnectionId) {
        self.connect_at(Provider::GoogleDrive, id).await;
    }

    /// The same at another provider, for which the one server stands as well.
    pub(crate) async fn connect_at(&self, provider: Provider, id: ConnectionId) {
        let granted = self.server.consent();
        let connection = self.connection(provider, id, &granted).await;
        self.rows.insert(&connection, &[]).await.unwrap();
    }

    /// A connection that stands on this grant.
    async fn connection(
        &self,
        provider: Provider,
        id: ConnectionId,
        granted: &Granted,
    ) -> Connection {
        let mut connection = Connection {
            id,
            owner: OWNER,
            provider,
            account: AccountKey(id.to_string()),
            endpoint: Endpoint("https://www.example.com/".to_owned()),
            display_name: "Cloud".parse().unwrap(),
            status: self.active(),
            credential: None,
            credential_version: 1,
            renewed_at: self.now(),
            created_at: self.now(),
        };
        self.seal(&mut connection, granted).await;
        connection
    }

    async fn seal(&self, connection: &mut Connection, granted: &Granted) {
        let credential = Credential::OAuth(OAuthTokens {
            access_token: granted.access_token.clone(),
            refresh_token: granted.refresh_token.clone().unwrap(),
            issued_at: self.now(),
            expires_at: self.now().plus(granted.expires_in),
            scopes: granted.scopes.clone(),
        });
        let of = CredentialOf::from(&*connection);
        connection.credential = Some(self.vault().seal(of, &credential).await.unwrap());
    }

    fn active(&self) -> ConnectionStatus {
        ConnectionStatus {
            state: ConnectionState::Active,
            since: self.now(),
        }
    }

    /// Anna consents anew, and the connection gets what she granted, as connecting again does it.
    pub(crate) async fn reauthorise(&self) {
        let granted = self.server.consent();
        loop {
            let stored = self.stored().await;
            let replaced = stored.credential_version;
            let mut next = Connection {
                status: self.active(),
                credential_version: replaced + 1,
                renewed_at: self.now(),
                ..stored
            };
            self.seal(&mut next, &granted).await;
            let saved = self.rows.replace_credential(&next, replaced, &[]).await;
            if saved.unwrap() {
                return;
            }
        }
    }

    pub(crate) async fn stored(&self) -> Connection {
        let found = self.rows.find(OWNER, CONNECTION).await;
        found.unwrap().expect("the connection is there")
    }

    pub(crate) async fn state(&self) -> ConnectionState {
        self.stored().await.status.state
    }

    /// The tokens in the row; `None` once disconnected.
    pub(crate) async fn stored_tokens(&self) -> Option<OAuthTokens> {
        let stored = self.stored().await;
        let sealed = stored.credential.as_ref()?;
        let opened = self.vault().open(CredentialOf::from(&stored), sealed).await;
        match opened.unwrap() {
            Credential::OAuth(tokens) => Some(tokens),
            Credential::Basic { .. } => panic!("it stands on a grant"),
        }
    }
}

/// Faults that come and go.
#[derive(Clone, Default)]
pub(crate) struct Weather(Arc<Conditions>);

#[derive(Default)]
struct Conditions {
    database_down: AtomicBool,
    database_loses: AtomicBool,
    outbox_down: AtomicBool,
    hangs_once: AtomicBool,
    hanging: Mutex<Option<Provider>>,
    slowness_millis: AtomicU64,
    shreds_at_commit: AtomicBool,
    storage_down: AtomicBool,
    storage_reads: AtomicBool,
    answers_lost: AtomicI64,
    trouble: Mutex<Option<(OAuthErrorKind, u64)>>,
}

impl Weather {
    pub(crate) fn database_down(&self, is_down: bool) {
        self.0.database_down.store(is_down, Ordering::Relaxed);
    }

    pub(crate) fn is_database_down(&self) -> bool {
        self.0.database_down.load(Ordering::Relaxed)
    }

    /// Answers of the database are lost now and then, after their effect.
    pub(crate) fn database_loses(&self, loses: bool) {
        self.0.database_loses.store(loses, Ordering::Relaxed);
    }

    pub(crate) fn loses_database_answers(&self) -> bool {
        self.0.database_loses.load(Ordering::Relaxed)
    }

    /// The next revocation gets no answer.
    pub(crate) fn hang_once(&self) {
        self.0.hangs_once.store(true, Ordering::Relaxed);
    }

    /// No revocation at this provider gets an answer.
    pub(crate) fn hang_at(&self, provider: Provider) {
        *lock(&self.0.hanging) = Some(provider);
    }

    pub(crate) fn hangs(&self, provider: Provider) -> bool {
        self.0.hangs_once.swap(false, Ordering::Relaxed) || *lock(&self.0.hanging) == Some(provider)
    }

    /// Every exchange takes so much longer.
    pub(crate) fn slow_down(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap();
        self.0.slowness_millis.store(millis, Ordering::Relaxed);
    }

    pub(crate) fn slowness(&self) -> Duration {
        Duration::from_millis(self.0.slowness_millis.load(Ordering::Relaxed))
    }

    /// No step can be added on its own.
    pub(crate) fn outbox_down(&self, is_down: bool) {
        self.0.outbox_down.store(is_down, Ordering::Relaxed);
    }

    pub(crate) fn is_outbox_down(&self) -> bool {
        self.0.outbox_down.load(Ordering::Relaxed)
    }

    /// The owner's data key goes as soon as a refresh commits or cannot.
    pub(crate) fn shred_at_commit(&self) {
        self.0.shreds_at_commit.store(true, Ordering::Relaxed);
    }

    pub(crate) fn shreds_at_commit(&self) -> bool {
        self.0.shreds_at_commit.load(Ordering::Relaxed)
    }

    pub(crate) fn storage_down(&self, is_down: bool) {
        self.0.storage_down.store(is_down, Ordering::Relaxed);
    }

    pub(crate) fn is_storage_down(&self) -> bool {
        self.0.storage_down.load(Ordering::Relaxed)
    }

    /// The storage looks at a content before it looks at the token.
    pub(crate) fn storage_reads(&self, reads: bool) {
        self.0.storage_reads.store(reads, Ordering::Relaxed);
    }

    pub(crate) fn reads_before_it_refuses(&self) -> bool {
        self.0.storage_reads.load(Ordering::Relaxed)
    }

    /// So many of the provider's next answers are lost.
    pub(crate) fn lose_answers(&self, number: i64) {
        self.0.answers_lost.store(number, Ordering::Relaxed);
    }

    pub(crate) fn loses_answers(&self, _: &Chance) -> bool {
        self.0.answers_lost.fetch_sub(1, Ordering::Relaxed) > 0
    }

    /// The provider does this instead of what it is asked to, one time in so many.
    pub(crate) fn set_trouble(&self, trouble: Option<(OAuthErrorKind, u64)>) {
        *lock(&self.0.trouble) = trouble;
    }

    pub(crate) fn trouble(&self, chance: &Chance) -> Option<OAuthErrorKind> {
        let (kind, one_in) = lock(&self.0.trouble).clone()?;
        chance.one_in(one_in).then_some(kind)
    }

    /// All is well again.
    pub(crate) fn clear(&self) {
        self.database_down(false);
        self.database_loses(false);
        self.storage_down(false);
        self.lose_answers(0);
        self.set_trouble(None);
    }
}

fn lock<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a replica's clock is off by.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<AtomicI64>);

impl Watch {
    pub(crate) fn jump(&self, by_secs: i64) {
        self.0.fetch_add(by_secs, Ordering::Relaxed);
    }
}

/// A clock that follows the runtime's.
pub(crate) struct SimulatedClock {
    began: Instant,
    watch: Watch,
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let off = self.watch.0.load(Ordering::Relaxed) * 1_000_000;
        let now = START.plus(self.began.elapsed());
        Timestamp::from_unix_micros(now.as_unix_micros() + off)
    }
}

/// Randomness that a seed repeats: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) struct Chance(Mutex<u64>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        let mut state = lock(&self.0);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn one_in(&self, number: u64) -> bool {
        self.below(number) == 0
    }

    pub(crate) fn secs(&self, from: u64, to: u64) -> Duration {
        Duration::from_secs(from + self.below(to - from))
    }
}

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            for (byte, drawn) in chunk.iter_mut().zip(random) {
                *byte = drawn;
            }
        }
    }
}

//! The use cases around the operator's keys on both databases, with a real key file and a clock of the
//! test's own (K-06, K-07).

mod check;
mod retire;
mod rotate;
mod stopped;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use wharf_crypto::{KeyFile, KeyState, Keyring, LiveKeyring};
use wharf_domain::connection::SealedCredential;
use wharf_domain::context::{Actor, Context, RequestId};
use wharf_domain::credential::Credential;
use wharf_domain::environment::Environment;
use wharf_domain::id::{ConnectionId, ReplicaId, UserId};
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::ports::operator_keys::OperatorKeys as _;
use wharf_domain::ports::replicas::Replicas as _;
use wharf_domain::ports::users::Users as _;
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;
use wharf_domain::replica::Replica;
use wharf_domain::time::{Clock, Timestamp};
use wharf_domain::user::{Role, User, WrappedDataKey};
use wharf_services::operator_keys::{KeysError, OperatorKeys, Progress, Rotated};
use wharf_services::vault::{CredentialOf, Vault};

use crate::fixture::NOW;
use crate::scratch::Scratch;

/// How long servers are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// A database, a key file, and time.
pub(crate) struct World {
    pub(crate) scratch: Scratch,
    file: KeyFile,
    clock: Arc<TestClock>,
    pub(crate) environment: Environment,
    _folder: TempDir,
}

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_micros(self.0.load(Ordering::Relaxed))
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        wharf_crypto::random::fill(bytes).unwrap();
    }
}

impl World {
    pub(crate) fn of(scratch: Scratch) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(folder.path().join("keyring.json"));
        file.load_or_create(Some(1_795_421_730)).unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(NOW.as_unix_micros())));
        let environment = Environment::new(clock.clone(), Arc::new(SystemRandom));
        Self {
            scratch,
            file,
            clock,
            environment,
            _folder: folder,
        }
    }

    fn advance(&self, secs: i64) {
        self.clock.0.fetch_add(secs * 1_000_000, Ordering::Relaxed);
    }

    /// The keys as a process reads them that begins now.
    pub(crate) fn keyring(&self) -> LiveKeyring {
        LiveKeyring::open(Box::new(self.file.clone())).unwrap()
    }

    /// What a process has that begins now.
    fn keys(&self) -> OperatorKeys {
        self.keys_of(self.keyring())
    }

    fn keys_of(&self, keyring: LiveKeyring) -> OperatorKeys {
        let database = Arc::new(self.scratch.database.clone());
        let environment = self.environment.clone();
        OperatorKeys::new(keyring, database.clone(), database, environment)
    }

    pub(crate) fn vault(&self) -> Vault {
        let database = Arc::new(self.scratch.database.clone());
        Vault::new(self.keyring(), database.clone()).recording(database, self.environment.clone())
    }

    /// Makes users of these numbers.
    pub(crate) async fn with_users(&self, numbers: Range<u32>) {
        let vault = self.vault();
        for number in numbers {
            let key = vault.new_data_key(user_id(number)).unwrap();
            self.with_user_of(number, &key).await;
        }
    }

    async fn with_user_of(&self, number: u32, key: &WrappedDataKey) {
        let email = format!("user{number}@example.org").parse().unwrap();
        let user = User::new(user_id(number), email, Role::Regular, NOW);
        let inserted = self.scratch.database.insert(&user, None, key, &[]);
        inserted.await.unwrap();
    }

    /// Something that is sealed for the user of this number.
    async fn sealed(&self, number: u32) -> SealedCredential {
        let (vault, credential) = (self.vault(), credential());
        let sealed = vault.seal(credential_of(number), &credential).await;
        sealed.unwrap()
    }

    /// Whether that opens.
    async fn opens(&self, number: u32, sealed: &SealedCredential) -> bool {
        let opened = self.vault().open(credential_of(number), sealed).await;
        opened.is_ok()
    }

    fn primary(&self) -> OperatorKeyId {
        OperatorKeyId(self.keyring().current().primary_id().to_bytes())
    }

    /// The keys in the file, the primary one first.
    fn states(&self) -> Vec<(OperatorKeyId, KeyState)> {
        let keyring = Keyring::load(self.file.path()).unwrap();
        let keys = keyring.sealing_keys();
        keys.map(|key| (OperatorKeyId(key.id.to_bytes()), key.state))
            .collect()
    }

    /// How many rows this key wrapped.
    async fn count(&self, id: OperatorKeyId) -> u64 {
        let count = self.scratch.database.count_wrapped_by(id).await;
        count.unwrap()
    }

    /// Has a server tell of itself.
    async fn serve(&self, number: u8, keys: &[OperatorKeyId]) {
        let now = self.environment.now();
        let replica = Replica {
            id: ReplicaId::from_bytes([number; 16]),
            started_at: now,
            seen_at: now,
            primary_key: keys[0],
            keys: keys.to_vec(),
        };
        self.scratch.database.tell(&replica, now).await.unwrap();
    }

    /// What the trail tells, in order: the action and what it is about.
    pub(crate) async fn trail(&self) -> Vec<String> {
        let query = "SELECT action || ' ' || metadata AS line FROM audit_events ORDER BY seq";
        self.scratch.place.lines(query).await
    }
}

fn context() -> Context {
    Context {
        actor: Actor::Operator,
        request: RequestId([7; 16]),
        client: None,
    }
}

pub(crate) fn user_id(number: u32) -> UserId {
    UserId::from_bytes(u128::from(number + 1).to_be_bytes())
}

fn credential_of(number: u32) -> CredentialOf {
    CredentialOf {
        owner: user_id(number),
        connection: ConnectionId::from_bytes([3; 16]),
        provider: Provider::Webdav,
        version: 1,
    }
}

fn credential() -> Credential {
    Credential::Basic {
        username: "anna".parse().unwrap(),
        password: "secret".into(),
    }
}

/// Rotates, unobserved.
async fn rotate(keys: &OperatorKeys) -> Result<Rotated, KeysError> {
    keys.rotate(&context(), PATIENCE, &mut |_: Progress| {})
        .await
}

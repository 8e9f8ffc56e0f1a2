//! Anna, who has two accounts connected and is about to connect a third, on a database of her own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use wharf_crypto::{Keyring, LiveKeyring};
use wharf_domain::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, Endpoint,
};
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::context::{Actor, Context, RequestId};
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::document::{Document, Sha256Digest};
use wharf_domain::environment::Environment;
use wharf_domain::id::{ConnectionId, DocumentId, UserId};
use wharf_domain::item::ItemId;
use wharf_domain::ports::deletion_ledger::{Deletion, DeletionLedger, Deletions, LedgerError};
use wharf_domain::ports::erasures::Erasures as _;
use wharf_domain::ports::listings::Listings;
use wharf_domain::ports::oauth::{AuthorizationServers, Granted};
use wharf_domain::ports::passwords::{PasswordError, PasswordVerdict, Passwords};
use wharf_domain::ports::users::Users as _;
use wharf_domain::provider::Provider;
use wharf_domain::time::{Clock, Timestamp};
use wharf_domain::user::{PasswordHash, Role, StoragePlace, User};
use wharf_domain::verification::Verification;
use wharf_ephemeral::{MemoryAttempts, MemoryListings, MemoryRecords};
use wharf_persistence::{Database, DatabaseOptions};
use wharf_services::accounts::Accounts;
use wharf_services::authorizations::{Answer, Authorizations, Begin, Means, Verdict};
use wharf_services::connections::{Connections, Refresher};
use wharf_services::documents::{Documents, NewDocument};
use wharf_services::erasures::{Erasures, Reach};
use wharf_services::gate::Gate;
use wharf_services::outbox::OutboxWorker;
use wharf_services::revocations::Revocations;
use wharf_services::tasks::Tasks;
use wharf_services::vault::{CredentialOf, Vault};

use super::cloud::Cloud;
use crate::refresh::replica::NoNextclouds;
use crate::refresh::world::Chance;

const ANNA: UserId = UserId::from_bytes([1; 16]);
/// Its access token has ended; a document lies there.
const STALE: ConnectionId = ConnectionId::from_bytes([2; 16]);
/// It takes an upload.
const BUSY: ConnectionId = ConnectionId::from_bytes([3; 16]);

const START: Timestamp = Timestamp::from_unix_seconds(1_795_421_730);

/// Everything there is.
pub(super) struct World {
    pub(super) cloud: Cloud,
    database: Database,
    environment: Environment,
    connections: Connections,
    documents: Documents,
    authorizations: Authorizations,
    erasures: Erasures,
    outbox: OutboxWorker,
    _folder: TempDir,
}

struct SimulatedClock(Instant);

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        START.plus(self.0.elapsed())
    }
}

struct NoPasswords;

#[async_trait]
impl Passwords for NoPasswords {
    async fn hash(&self, _: SecretString) -> Result<PasswordHash, PasswordError> {
        unreachable!("nobody has a password")
    }

    async fn verify(
        &self,
        _: Option<PasswordHash>,
        _: SecretString,
    ) -> Result<PasswordVerdict, PasswordError> {
        unreachable!("nobody logs in")
    }
}

/// A ledger that is told and keeps nothing.
struct Forgetful;

#[async_trait]
impl DeletionLedger for Forgetful {
    async fn append(&self, _: Deletion) -> Result<(), LedgerError> {
        Ok(())
    }

    async fn read(&self) -> Result<Deletions, LedgerError> {
        Ok(stream::empty().boxed())
    }
}

fn context() -> Context {
    Context {
        actor: Actor::User(ANNA),
        request: RequestId([7; 16]),
        client: None,
    }
}

fn connections(
    db: &Arc<Database>,
    cloud: &Cloud,
    listings: &Arc<dyn Listings>,
    revocations: &Revocations,
    tasks: &Tasks,
) -> Connections {
    let refresher = Refresher::new(
        db.clone(),
        db.clone(),
        db.clone(),
        Arc::new(cloud.clone()),
        revocations.clone(),
        tasks.clone(),
    );
    Connections::new(
        db.clone(),
        db.clone(),
        Arc::new(cloud.clone()),
        Arc::new(NoNextclouds),
        Arc::clone(listings),
        revocations.clone(),
        refresher,
    )
}

async fn fresh_database(folder: &TempDir) -> Database {
    let file = format!("sqlite:{}", folder.path().join("wharf.sqlite3").display());
    let file = file.into();
    let database = Database::open(&file, DatabaseOptions::default());
    let database = database.await.unwrap();
    database.migrate().await.unwrap();
    database
}

impl World {
    pub(super) async fn start(early: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = fresh_database(&folder).await;
        let cloud = Cloud::new(early);
        let clock = Arc::new(SimulatedClock(Instant::now()));
        let environment = Environment::new(clock, Arc::new(Chance::new(1)));
        let db = Arc::new(database.clone());
        let keyring = LiveKeyring::fixed(Arc::new(Keyring::generate().unwrap()));
        let vault = Vault::new(keyring, db.clone());
        let tasks = Tasks::new(Handle::current());
        let servers: Arc<dyn AuthorizationServers> = Arc::new(cloud.clone());
        let revocations = Revocations::new(
            Arc::clone(&servers),
            Arc::new(NoNextclouds),
            db.clone(),
            db.clone(),
            vault.clone(),
            environment.clone(),
            tasks.clone(),
        );
        let listings: Arc<dyn Listings> = Arc::new(MemoryListings::new(Duration::ZERO));
        let connections = connections(&db, &cloud, &listings, &revocations, &tasks);
        let gate = Gate::new(Arc::new(NoPasswords), Arc::new(MemoryAttempts::new()));
        let accounts = Accounts::new(
            db.clone(),
            db.clone(),
            gate.clone(),
            vault.clone(),
            environment.clone(),
        );
        let documents = Documents::new(
            db.clone(),
            Arc::new(cloud.clone()),
            accounts,
            connections.clone(),
            "Wharf".parse().unwrap(),
            tasks.clone(),
            environment.clone(),
        );
        let means = Means {
            vault: vault.clone(),
            tasks: tasks.clone(),
            environment: environment.clone(),
            state_life: Duration::from_secs(600),
            return_urls: Vec::new(),
        };
        let authorizations = Authorizations::new(
            Arc::clone(&servers),
            Arc::new(MemoryRecords::new()),
            db.clone(),
            connections.clone(),
            revocations.clone(),
            means,
        );
        let reach = Reach {
            erasures: db.clone(),
            credentials: db.clone(),
            ledger: Arc::new(Forgetful),
            outbox: db.clone(),
            backends: Arc::new(cloud.clone()),
            servers,
            listings,
            folder: "Wharf".parse().unwrap(),
        };
        let erasures = Erasures::new(reach, revocations.clone(), gate, tasks);
        let outbox = OutboxWorker::new(db, revocations, environment.clone());
        let world = Self {
            outbox: outbox.erasing(erasures.clone()),
            cloud,
            database,
            environment,
            connections,
            documents,
            authorizations,
            erasures,
            _folder: folder,
        };
        world.settle(&vault).await;
        world
    }

    /// Anna, her two connections, and a document.
    async fn settle(&self, vault: &Vault) {
        let email = "anna@example.com".parse().unwrap();
        let anna = User::new(ANNA, email, Role::Regular, self.environment.now());
        let key = vault.new_data_key(ANNA).unwrap();
        self.database.insert(&anna, None, &key, &[]).await.unwrap();
        for (id, account) in [(STALE, "stale"), (BUSY, "busy")] {
            let granted = self.cloud.grant(account);
            let connection = self.connection(vault, id, account, &granted).await;
            let inserted = wharf_domain::ports::connections::Connections::insert(
                &self.database,
                &connection,
                &[],
            );
            inserted.await.unwrap();
        }
        self.cloud.put("stale", "old.txt");
        self.cloud.expire("stale");
        let document = self.document("old.txt");
        let inserted =
            wharf_domain::ports::documents::Documents::insert(&self.database, &document, &[]);
        assert!(inserted.await.unwrap());
    }

    async fn connection(
        &self,
        vault: &Vault,
        id: ConnectionId,
        account: &str,
        granted: &Granted,
    ) -> Connection {
        let now = self.environment.now();
        let mut connection = Connection {
            id,
            owner: ANNA,
            provider: Provider::GoogleDrive,
            account: AccountKey(account.to_owned()),
            endpoint: Endpoint("https://www.example.com/".to_owned()),
            display_name: account.parse().unwrap(),
            status: ConnectionStatus {
                state: ConnectionState::Active,
                since: now,
            },
            credential: None,
            credential_version: 1,
            renewed_at: now,
            created_at: now,
        };
        let credential = Credential::OAuth(OAuthTokens {
            access_token: granted.access_token.clone(),
            refresh_token: granted.refresh_token.clone().unwrap(),
            issued_at: now,
            expires_at: now.plus(granted.expires_in),
            scopes: granted.scopes.clone(),
        });
        let sealed = vault.seal(CredentialOf::from(&connection), &credential);
        connection.credential = Some(sealed.await.unwrap());
        connection
    }

    fn document(&self, name: &str) -> Document {
        Document {
            id: DocumentId::from_bytes([9; 16]),
            owner: ANNA,
            name: name.parse().unwrap(),
            content_type: ContentType::octet_stream(),
            size_bytes: 3,
            sha256: Sha256Digest([0; 32]),
            place: StoragePlace::Connection(STALE),
            item: ItemId::new(name).unwrap(),
            storage_etag: None,
            storage_modified_at: None,
            storage_size_bytes: 3,
            verification: Verification::SizeOnly,
            created_at: self.environment.now(),
        }
    }

    /// A call whose token is refused.
    pub(super) fn refresh(&self) -> JoinHandle<()> {
        let connections = self.connections.clone();
        super::begin(Box::pin(async move {
            // What comes of it depends on who was first.
            let _ = connections.check(&context(), ANNA, STALE).await;
        }))
    }

    /// A person who has consented, and comes back.
    pub(super) async fn consent(&self) -> JoinHandle<()> {
        let begin = Begin {
            provider: Provider::GoogleDrive,
            reauthorise: None,
            return_url: None,
            browser: None,
        };
        let begun = self.authorizations.begin(ANNA, begin).await.unwrap();
        let answer = Answer {
            provider: Provider::GoogleDrive,
            state: begun.authorization_url.into(),
            verdict: Verdict::Code("new".into()),
            issuer: None,
            browser: Some(begun.browser),
        };
        let authorizations = self.authorizations.clone();
        super::begin(Box::pin(async move {
            authorizations
                .take_answer(&context(), answer)
                .await
                .unwrap();
        }))
    }

    /// A document on its way.
    pub(super) fn upload(&self) -> JoinHandle<()> {
        let documents = self.documents.clone();
        let new = NewDocument {
            name: "new.txt".parse().unwrap(),
            upload: Upload {
                content: stream::iter([Ok("abc".into())]).boxed(),
                size_bytes: Some(3),
                content_type: ContentType::octet_stream(),
            },
            place: Some(StoragePlace::Connection(BUSY)),
        };
        super::begin(Box::pin(async move {
            let _ = documents.store(&context(), ANNA, new).await;
        }))
    }

    pub(super) async fn until_all_are_under_way(&self) {
        let cloud = &self.cloud;
        while !(cloud.refreshed.is_taken() && cloud.redeemed.is_taken() && cloud.stored.is_taken())
        {
            tokio::task::yield_now().await;
        }
    }

    pub(super) async fn delete(&self) {
        let operator = Context {
            actor: Actor::Operator,
            ..context()
        };
        self.erasures.order(&operator, ANNA).await.unwrap();
    }

    pub(super) fn work(&self) -> JoinHandle<()> {
        let worker = self.outbox.clone();
        super::begin(Box::pin(worker.run(CancellationToken::new())))
    }

    pub(super) async fn until_erased(&self, told: &str) {
        for _ in 0..600 {
            if self.database.running(ANNA).await.unwrap().is_none() && self.cloud.left().is_empty()
            {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
        panic!("{told}: {:?} is left", self.cloud.left());
    }

    /// Nothing of Anna's is anywhere, and no refresh token was presented twice.
    pub(super) async fn check(&self, told: &str) {
        assert!(
            self.database.estate(ANNA).await.unwrap().is_none(),
            "{told}"
        );
        let listed = wharf_domain::ports::connections::Connections::list(&self.database, ANNA);
        assert!(listed.await.unwrap().is_empty(), "{told}");
        let listed = wharf_domain::ports::documents::Documents::list(&self.database, ANNA, None, 9);
        assert!(listed.await.unwrap().is_empty(), "{told}");
        assert_eq!(self.cloud.left(), [""; 0], "{told}");
        assert_eq!(self.cloud.repeated(), [""; 0], "{told}");
        let steps = self.database.count_steps().await.unwrap();
        assert_eq!((steps.waiting, steps.given_up), (0, 0), "{told}");
        let erasures = self.database.count_erasures(self.environment.now()).await;
        assert_eq!(erasures.unwrap().running, 0, "{told}");
    }
}

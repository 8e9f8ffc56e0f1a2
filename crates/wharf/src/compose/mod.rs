//! The composition: the only place that names concrete adapters and ties them to the services.

mod audit;
mod clouds;
mod erasing;
mod ground;
mod keys;
mod people;
mod start_error;
mod storages;

use std::fmt;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use wharf_crypto::LiveKeyring;
use wharf_domain::context::RequestId;
use wharf_domain::environment::Environment;
use wharf_domain::random::Random;
use wharf_persistence::Database;
use wharf_services::accounts::Accounts;
use wharf_services::authorizations::Authorizations;
use wharf_services::connections::Connections;
use wharf_services::documents::Documents;
use wharf_services::erasures::Erasures;
use wharf_services::folders::Folders;
use wharf_services::items::Items;
use wharf_services::login_flows::LoginFlows;
use wharf_services::operator_keys::{KeysError, OperatorKeys};
use wharf_services::replica::Heartbeat;
use wharf_services::sessions::Sessions;
use wharf_services::tasks::Tasks;
use wharf_services::trail::AuditTrail;

use self::erasing::Replayed;
use self::ground::{Ground, open_database};
pub use self::start_error::StartError;
use crate::meters::Figures;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRandom};

/// A running Wharf: its use cases, tied to the adapters that the settings chose. Cheap to clone.
#[derive(Clone)]
pub struct Wharf {
    accounts: Accounts,
    sessions: Sessions,
    connections: Connections,
    folders: Folders,
    items: Items,
    documents: Documents,
    authorizations: Authorizations,
    login_flows: LoginFlows,
    erasures: Erasures,
    replayed: Replayed,
    keyring: LiveKeyring,
    audit: AuditTrail,
    database: Database,
    environment: Environment,
    random: Arc<dyn Random>,
    tasks: Tasks,
    figures: Figures,
}

impl fmt::Debug for Wharf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wharf").finish_non_exhaustive()
    }
}

/// Something that a Wharf needs is not there at the moment.
#[derive(Debug, thiserror::Error)]
#[error("{what} is not available")]
pub struct NotReady {
    /// What.
    pub what: &'static str,
}

impl Wharf {
    /// Starts a Wharf: makes the data folder and the keys where there are none, brings the database
    /// up to date, checks that the keys are those that it needs, and ties everything together. It makes no
    /// outbound call, but to the house's bucket if the deletion ledger lies there: what that tells of is
    /// deleted again before anybody is served.
    ///
    /// Work that outlives a request runs on the runtime that this is called on. Whoever is going to serve
    /// [`announce`](Self::announce)s it.
    ///
    /// # Errors
    /// What is missing or refused.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let ground = Ground::lay(settings).await?;
        let (database, tasks) = (ground.database.clone(), ground.tasks.clone());
        let figures = Figures::start(settings.metrics, &database, &ground.environment, &tasks);
        let (accounts, sessions, gate) = ground.people()?;
        let audit = audit::tend(&ground)?;
        let clouds = ground.clouds()?;
        let erasures = ground.erasures(&clouds, gate);
        let replayed = Replayed::begin(&erasures, &tasks).await;
        let authorizations = ground.authorizations(&clouds)?;
        let login_flows = ground.login_flows(&clouds);
        ground.tend(&clouds, &erasures, &replayed);
        let documents = Documents::new(
            ground.rows(),
            clouds.backends,
            accounts.clone(),
            clouds.connections.clone(),
            settings.documents_folder.clone(),
            tasks.clone(),
            ground.environment.clone(),
        );
        let items = Items::new(clouds.connections.clone(), tasks.clone());
        let folders = Folders::new(clouds.connections.clone(), clouds.listings, tasks.clone());
        Ok(Self {
            accounts,
            sessions,
            connections: clouds.connections,
            folders,
            items,
            documents,
            authorizations,
            login_flows,
            erasures,
            replayed,
            keyring: ground.keyring,
            audit,
            database,
            environment: ground.environment,
            random: ground.random,
            tasks,
            figures,
        })
    }

    /// Brings the database up to date and does nothing else.
    ///
    /// # Errors
    /// If the data folder or the database cannot be used.
    pub async fn migrate(settings: &Settings) -> Result<(), StartError> {
        make_private_folder(&settings.data_dir)?;
        open_database(settings).await.map(drop)
    }

    /// The use cases around the operator's keys, without anything else: they must be there when a Wharf
    /// does not start for the keys' sake.
    ///
    /// # Errors
    /// If the data folder, the database or the key file cannot be used.
    pub async fn open_keys(settings: &Settings) -> Result<OperatorKeys, StartError> {
        make_private_folder(&settings.data_dir)?;
        let database = open_database(settings).await?;
        let environment = Environment::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        let keyring = keys::open(settings, &database, &environment).await?;
        Ok(keys::service(&keyring, &database, &environment))
    }

    /// Tells the other processes on the same database that this one serves, as long as it does: none of
    /// them uses a key of the operator's that this one lacks.
    ///
    /// # Errors
    /// If the database cannot be told.
    pub async fn announce(&self) -> Result<(), StartError> {
        let replicas = Arc::new(self.database.clone());
        let environment = self.environment.clone();
        let heartbeat = Heartbeat::new(self.keyring.clone(), replicas, environment);
        heartbeat.tell().await.map_err(KeysError::from)?;
        self.tasks
            .background(move |stopping| heartbeat.clone().run(stopping));
        Ok(())
    }

    /// The use cases around the audit trail.
    pub const fn audit(&self) -> &AuditTrail {
        &self.audit
    }

    /// The use cases around accounts.
    pub const fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The use cases around sessions.
    pub const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The use cases around connections.
    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// The use cases around folders.
    pub const fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The use cases around items.
    pub const fn items(&self) -> &Items {
        &self.items
    }

    /// The use cases around documents.
    pub const fn documents(&self) -> &Documents {
        &self.documents
    }

    /// The use cases around authorizations.
    pub const fn authorizations(&self) -> &Authorizations {
        &self.authorizations
    }

    /// The use cases around login flows.
    pub const fn login_flows(&self) -> &LoginFlows {
        &self.login_flows
    }

    /// The use cases around erasures.
    pub const fn erasures(&self) -> &Erasures {
        &self.erasures
    }

    /// Whether everybody who was deleted before a restore is deleted again: serve nobody before (K-09).
    pub fn is_replayed(&self) -> bool {
        self.replayed.is_done()
    }

    /// The clock and the randomness that everything works with.
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// A name for a new request.
    pub fn new_request_id(&self) -> RequestId {
        let mut id = [0; 16];
        self.random.fill(&mut id);
        RequestId(id)
    }

    /// Whether requests can be served at the moment.
    ///
    /// # Errors
    /// What is missing.
    pub async fn ready(&self) -> Result<(), NotReady> {
        if !self.is_replayed() {
            return Err(NotReady {
                what: "the deletion ledger",
            });
        }
        let ping = tokio::time::timeout(Duration::from_secs(2), self.database.ping());
        match ping.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(NotReady {
                what: "the database",
            }),
        }
    }

    /// What this process measured so far, in Prometheus's text format ([`MEDIA_TYPE`](crate::meters::MEDIA_TYPE)).
    ///
    /// `None` unless the settings ask for it, and if the embedding program had installed a recorder of
    /// its own for the `metrics` crate: that one has everything, and [`sample_gauges`](Self::sample_gauges) brings it up
    /// to date.
    pub async fn metrics(&self) -> Option<String> {
        self.figures.render().await
    }

    /// Sets the gauges that nobody sets as they change, for a recorder of the embedding program's. Rows
    /// are counted anew after 15 seconds only, and nobody waits longer than 2 for them.
    pub async fn sample_gauges(&self) {
        self.figures.sample().await;
    }

    /// Waits until all work that outlives its request has ended, clean-ups included. Serve no more requests before.
    pub async fn shutdown(&self) {
        self.tasks.drain().await;
    }
}

/// One TLS provider for the process: ring. A provider that the embedding program installed first is
/// left in place.
fn install_tls_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Makes a folder that only its owner may look into, with its parents, unless it is there.
fn make_private_folder(path: &Path) -> Result<(), StartError> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path);
    made.map_err(|source| StartError::Folder {
        path: path.to_owned(),
        source,
    })
}

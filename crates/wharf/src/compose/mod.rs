//! The composition: the only place that names concrete adapters and ties them to the services.

mod audit;
mod people;
mod start_error;
mod storages;

use std::fmt;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use wharf_crypto::{Keyring, Origin};
use wharf_domain::context::RequestId;
use wharf_domain::environment::Environment;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::listings::Listings;
use wharf_domain::ports::nextcloud::NextcloudServers;
use wharf_domain::ports::oauth::AuthorizationServers;
use wharf_domain::ports::one_time::OneTimeRecords;
use wharf_domain::random::Random;
use wharf_domain::time::Clock;
use wharf_egress::Client;
use wharf_ephemeral::{MemoryListings, MemoryRecords, RedisListings, RedisOptions, RedisRecords};
use wharf_persistence::{Database, DatabaseOptions};
use wharf_services::accounts::Accounts;
use wharf_services::authorizations::{Authorizations, Means};
use wharf_services::connections::{Connections, Refresher};
use wharf_services::documents::Documents;
use wharf_services::folders::Folders;
use wharf_services::items::Items;
use wharf_services::keep_alive::KeepAlive;
use wharf_services::login_flows::LoginFlows;
use wharf_services::metered::MeteredBackends;
use wharf_services::outbox::OutboxWorker;
use wharf_services::revocations::Revocations;
use wharf_services::sessions::Sessions;
use wharf_services::tasks::Tasks;
use wharf_services::trail::AuditTrail;
use wharf_services::vault::Vault;
use wharf_storage_backends::Background;

use self::people::People;
pub use self::start_error::StartError;
use self::storages::open_storages;
use crate::meters::Figures;
use crate::outgoing;
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
    /// up to date, and ties everything together. It makes no outbound call.
    ///
    /// Work that outlives a request runs on the runtime that this is called on.
    ///
    /// # Errors
    /// What is missing or refused.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        install_tls_provider();
        make_private_folder(&settings.data_dir)?;
        let keyring = Arc::new(open_keyring(&settings.keyring_file())?);
        let database = open_database(settings).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let environment = Environment::new(Arc::clone(&clock), Arc::clone(&random));
        let tasks = Tasks::new(Handle::current());
        let figures = Figures::start(settings.metrics, &database, &environment, &tasks);
        let background = Background::new(Handle::current(), tasks.tracker().clone());
        let egress = outgoing::client(&settings.egress)?;
        let servers = open_authorization_servers(settings, &egress, &clock)?;
        let storages = open_storages(settings, egress.clone(), Arc::clone(&random), background)?;
        let nextclouds = storages.nextcloud_servers();
        let backends: Arc<dyn Backends> = Arc::new(MeteredBackends::new(Arc::new(storages)));
        let vault = Vault::new(Arc::clone(&keyring), Arc::new(database.clone()));
        let people = People {
            settings,
            database: &database,
            vault: &vault,
            egress: &egress,
            clock: &clock,
            environment: &environment,
        };
        let (accounts, sessions) = people.compose(&keyring)?;
        let audit = audit::tend(&people, &keyring, &tasks)?;
        let listings = open_listings(settings, Arc::clone(&random))?;
        let ends = (Arc::clone(&servers), Arc::clone(&nextclouds));
        let revocations = open_revocations(ends, &database, &vault, &environment, &tasks);
        let refresher = tend_grants(&tasks, &database, &servers, &revocations, &environment);
        let connections = Connections::new(
            Arc::new(database.clone()),
            Arc::new(database.clone()),
            Arc::clone(&backends),
            Arc::clone(&nextclouds),
            Arc::clone(&listings),
            revocations.clone(),
            refresher,
        );
        let authorizations = Authorizations::new(
            servers,
            open_records(settings)?,
            Arc::new(database.clone()),
            connections.clone(),
            revocations.clone(),
            means(settings, vault, &tasks, &environment),
        );
        let flows = open_login_flows(nextclouds, &database, &connections, &revocations, &tasks);
        tend_outbox(&tasks, &database, revocations, &environment);
        let documents = Documents::new(
            Arc::new(database.clone()),
            backends,
            accounts.clone(),
            connections.clone(),
            settings.documents_folder.clone(),
            tasks.clone(),
            environment.clone(),
        );
        let items = Items::new(connections.clone(), tasks.clone());
        let folders = Folders::new(connections.clone(), listings, tasks.clone());
        Ok(Self {
            accounts,
            sessions,
            connections,
            folders,
            items,
            documents,
            authorizations,
            login_flows: flows,
            audit,
            database,
            environment,
            random,
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

fn open_keyring(file: &Path) -> Result<Keyring, StartError> {
    let (keyring, origin) = Keyring::load_or_create(file)?;
    if origin == Origin::Created {
        tracing::warn!(
            file = %file.display(),
            "made a new key file; back it up apart from the database: without it no stored credential can be opened"
        );
    }
    Ok(keyring)
}

async fn open_database(settings: &Settings) -> Result<Database, StartError> {
    let database = Database::open(&settings.database_url(), DatabaseOptions::default()).await?;
    database.migrate().await?;
    Ok(database)
}

/// What ends grants and passwords at providers.
fn open_revocations(
    (servers, nextclouds): (Arc<dyn AuthorizationServers>, Arc<dyn NextcloudServers>),
    database: &Database,
    vault: &Vault,
    environment: &Environment,
    tasks: &Tasks,
) -> Revocations {
    Revocations::new(
        servers,
        nextclouds,
        Arc::new(database.clone()),
        Arc::new(database.clone()),
        vault.clone(),
        environment.clone(),
        tasks.clone(),
    )
}

fn open_login_flows(
    nextclouds: Arc<dyn NextcloudServers>,
    database: &Database,
    connections: &Connections,
    revocations: &Revocations,
    tasks: &Tasks,
) -> LoginFlows {
    LoginFlows::new(
        nextclouds,
        Arc::new(database.clone()),
        Arc::new(database.clone()),
        connections.clone(),
        revocations.clone(),
        tasks.clone(),
    )
}

/// The cache that replicas share, where there is one. Nothing waits for it: it may be gone.
fn open_listings(
    settings: &Settings,
    random: Arc<dyn Random>,
) -> Result<Arc<dyn Listings>, StartError> {
    let time_to_live = settings.folder_cache_ttl();
    let Some(url) = &settings.redis_url else {
        return Ok(Arc::new(MemoryListings::new(time_to_live)));
    };
    let options = RedisOptions {
        time_to_live,
        ..RedisOptions::default()
    };
    Ok(Arc::new(RedisListings::open(url, random, options)?))
}

/// What renews grants: as they are needed, and for their own sake where nobody needs them.
fn tend_grants(
    tasks: &Tasks,
    database: &Database,
    servers: &Arc<dyn AuthorizationServers>,
    revocations: &Revocations,
    environment: &Environment,
) -> Refresher {
    let refresher = Refresher::new(
        Arc::new(database.clone()),
        Arc::new(database.clone()),
        Arc::clone(servers),
        revocations.clone(),
        tasks.clone(),
    );
    let refreshes = Arc::new(database.clone());
    let keep_alive = KeepAlive::new(refreshes, refresher.clone(), environment.clone());
    tasks.background(move |stopping| keep_alive.clone().run(stopping));
    refresher
}

/// Has the outbox worked off until the process ends.
fn tend_outbox(
    tasks: &Tasks,
    database: &Database,
    revocations: Revocations,
    environment: &Environment,
) {
    let outbox = Arc::new(database.clone());
    let worker = OutboxWorker::new(outbox, revocations, environment.clone());
    tasks.background(move |stopping| worker.clone().run(stopping));
}

fn means(settings: &Settings, vault: Vault, tasks: &Tasks, environment: &Environment) -> Means {
    Means {
        vault,
        tasks: tasks.clone(),
        environment: environment.clone(),
        state_life: settings.oauth_state_life(),
        return_urls: settings.return_urls.clone(),
    }
}

/// Where authorizations wait for their answer. Replicas must share them.
fn open_records(settings: &Settings) -> Result<Arc<dyn OneTimeRecords>, StartError> {
    let Some(url) = &settings.redis_url else {
        return Ok(Arc::new(MemoryRecords::new()));
    };
    let prefix = RedisOptions::default().prefix;
    let patience = RedisRecords::PATIENCE;
    Ok(Arc::new(RedisRecords::open(url, &prefix, patience)?))
}

fn open_authorization_servers(
    settings: &Settings,
    egress: &Client,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn AuthorizationServers>, StartError> {
    let descriptions = settings
        .providers
        .descriptions(|provider| settings.redirect_uri(provider))?;
    let servers = wharf_oauth::Registry::new(egress, clock, descriptions)?;
    Ok(Arc::new(servers))
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

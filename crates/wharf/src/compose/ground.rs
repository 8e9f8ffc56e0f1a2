//! What everything else is built on: the settings, time and chance, the database, the keys, and the way out.

use std::sync::Arc;

use tokio::runtime::Handle;
use wharf_crypto::LiveKeyring;
use wharf_domain::environment::Environment;
use wharf_domain::random::Random;
use wharf_domain::time::Clock;
use wharf_egress::Client;
use wharf_persistence::{Database, DatabaseOptions};
use wharf_services::operator_keys::watch;
use wharf_services::tasks::Tasks;
use wharf_services::vault::Vault;

use super::{StartError, install_tls_provider, keys, make_private_folder};
use crate::outgoing;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRandom};

/// What everything else is built on.
pub(super) struct Ground<'a> {
    pub(super) settings: &'a Settings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) environment: Environment,
    pub(super) tasks: Tasks,
    pub(super) database: Database,
    pub(super) keyring: LiveKeyring,
    pub(super) vault: Vault,
    pub(super) egress: Client,
}

impl<'a> Ground<'a> {
    /// Opens the database and the keys, which must be those that it needs. Jobs run on the runtime that this
    /// is called on.
    pub(super) async fn lay(settings: &'a Settings) -> Result<Self, StartError> {
        install_tls_provider();
        make_private_folder(&settings.data_dir)?;
        let database = open_database(settings).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let environment = Environment::new(Arc::clone(&clock), Arc::clone(&random));
        let tasks = Tasks::new(Handle::current());
        let keyring = open_keyring(settings, &database, &environment, &tasks).await?;
        let rows = Arc::new(database.clone());
        let vault = Vault::new(keyring.clone(), rows.clone());
        Ok(Self {
            settings,
            vault: vault.recording(rows, environment.clone()),
            clock,
            random,
            environment,
            tasks,
            database,
            keyring,
            egress: outgoing::client(&settings.egress)?,
        })
    }

    /// The database, as a port.
    pub(super) fn rows(&self) -> Arc<Database> {
        Arc::new(self.database.clone())
    }
}

/// The database, brought up to date.
pub(super) async fn open_database(settings: &Settings) -> Result<Database, StartError> {
    let database = Database::open(&settings.database_url(), DatabaseOptions::default()).await?;
    database.migrate().await?;
    Ok(database)
}

/// The keys, checked, and read again whenever they change.
async fn open_keyring(
    settings: &Settings,
    database: &Database,
    environment: &Environment,
    tasks: &Tasks,
) -> Result<LiveKeyring, StartError> {
    let keyring = keys::open(settings, database, environment).await?;
    keys::service(&keyring, database, environment)
        .check()
        .await?;
    let watched = keyring.clone();
    tasks.background(move |stopping| watch::run(watched.clone(), stopping));
    Ok(keyring)
}

//! What users connect: who gives grants and takes them back, connections, and what is cached of them.

use std::sync::Arc;

use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::deletion_ledger::DeletionLedger;
use wharf_domain::ports::listings::Listings;
use wharf_domain::ports::nextcloud::NextcloudServers;
use wharf_domain::ports::oauth::AuthorizationServers;
use wharf_domain::ports::one_time::OneTimeRecords;
use wharf_ephemeral::{MemoryListings, MemoryRecords, RedisListings, RedisOptions, RedisRecords};
use wharf_services::authorizations::{Authorizations, Means};
use wharf_services::connections::{Connections, Refresher};
use wharf_services::erasures::{Erasures, Reach};
use wharf_services::gate::Gate;
use wharf_services::keep_alive::KeepAlive;
use wharf_services::login_flows::LoginFlows;
use wharf_services::metered::MeteredBackends;
use wharf_services::outbox::OutboxWorker;
use wharf_services::revocations::Revocations;
use wharf_storage_backends::Background;

use super::StartError;
use super::erasing::Replayed;
use super::ground::Ground;
use super::storages::open_storages;

/// What users connect, and what is done with it.
pub(super) struct Clouds {
    pub(super) backends: Arc<dyn Backends>,
    pub(super) listings: Arc<dyn Listings>,
    servers: Arc<dyn AuthorizationServers>,
    nextclouds: Arc<dyn NextcloudServers>,
    ledger: Arc<dyn DeletionLedger>,
    revocations: Revocations,
    keep_alive: KeepAlive,
    pub(super) connections: Connections,
}

impl Ground<'_> {
    /// Opens the way to the clouds. Nobody is asked anything yet.
    pub(super) fn clouds(&self) -> Result<Clouds, StartError> {
        let servers = self.authorization_servers()?;
        let tracker = self.tasks.tracker().clone();
        let background = Background::new(tokio::runtime::Handle::current(), tracker);
        let random = Arc::clone(&self.random);
        let (storages, ledger) =
            open_storages(self.settings, self.egress.clone(), random, background)?;
        let nextclouds = storages.nextcloud_servers();
        let backends: Arc<dyn Backends> = Arc::new(MeteredBackends::new(Arc::new(storages)));
        let listings = self.listings()?;
        let revocations = Revocations::new(
            Arc::clone(&servers),
            Arc::clone(&nextclouds),
            self.rows(),
            self.rows(),
            self.vault.clone(),
            self.environment.clone(),
            self.tasks.clone(),
        );
        let refresher = self.refresher(&servers, &revocations);
        let environment = self.environment.clone();
        let keep_alive = KeepAlive::new(self.rows(), refresher.clone(), environment);
        let connections = Connections::new(
            self.rows(),
            self.rows(),
            Arc::clone(&backends),
            Arc::clone(&nextclouds),
            Arc::clone(&listings),
            revocations.clone(),
            refresher,
        );
        Ok(Clouds {
            backends,
            listings,
            servers,
            nextclouds,
            ledger,
            revocations,
            keep_alive,
            connections,
        })
    }

    pub(super) fn authorizations(&self, clouds: &Clouds) -> Result<Authorizations, StartError> {
        let means = Means {
            vault: self.vault.clone(),
            tasks: self.tasks.clone(),
            environment: self.environment.clone(),
            state_life: self.settings.oauth_state_life(),
            return_urls: self.settings.return_urls.clone(),
        };
        Ok(Authorizations::new(
            Arc::clone(&clouds.servers),
            self.records()?,
            self.rows(),
            clouds.connections.clone(),
            clouds.revocations.clone(),
            means,
        ))
    }

    pub(super) fn login_flows(&self, clouds: &Clouds) -> LoginFlows {
        LoginFlows::new(
            Arc::clone(&clouds.nextclouds),
            self.rows(),
            self.rows(),
            clouds.connections.clone(),
            clouds.revocations.clone(),
            self.tasks.clone(),
        )
    }

    pub(super) fn erasures(&self, clouds: &Clouds, gate: Gate) -> Erasures {
        let reach = Reach {
            erasures: self.rows(),
            credentials: self.rows(),
            ledger: Arc::clone(&clouds.ledger),
            outbox: self.rows(),
            backends: Arc::clone(&clouds.backends),
            servers: Arc::clone(&clouds.servers),
            listings: Arc::clone(&clouds.listings),
            folder: self.settings.documents_folder.clone(),
        };
        Erasures::new(reach, clouds.revocations.clone(), gate, self.tasks.clone())
    }

    /// Has the outbox worked off, and grants renewed that nobody uses, until the process ends; not before
    /// those are deleted again whom a restore has brought back.
    pub(super) fn tend(&self, clouds: &Clouds, erasures: &Erasures, replayed: &Replayed) {
        let revocations = clouds.revocations.clone();
        let worker = OutboxWorker::new(self.rows(), revocations, self.environment.clone());
        let worker = worker.erasing(erasures.clone());
        self.tasks
            .background(move |stopping| worker.clone().run(stopping));
        let (keep_alive, replayed) = (clouds.keep_alive.clone(), replayed.clone());
        self.tasks.background(move |stopping| {
            let (keep_alive, replayed) = (keep_alive.clone(), replayed.clone());
            async move {
                replayed.wait(&stopping).await;
                keep_alive.run(stopping).await;
            }
        });
    }

    /// What renews grants as they are needed.
    fn refresher(
        &self,
        servers: &Arc<dyn AuthorizationServers>,
        revocations: &Revocations,
    ) -> Refresher {
        Refresher::new(
            self.rows(),
            self.rows(),
            self.rows(),
            Arc::clone(servers),
            revocations.clone(),
            self.tasks.clone(),
        )
    }

    fn authorization_servers(&self) -> Result<Arc<dyn AuthorizationServers>, StartError> {
        let settings = self.settings;
        let descriptions = settings
            .providers
            .descriptions(|provider| settings.redirect_uri(provider))?;
        let servers = wharf_oauth::Registry::new(&self.egress, &self.clock, descriptions)?;
        Ok(Arc::new(servers))
    }

    /// The cache that replicas share, where there is one. Nothing waits for it: it may be gone.
    fn listings(&self) -> Result<Arc<dyn Listings>, StartError> {
        let time_to_live = self.settings.folder_cache_ttl();
        let Some(url) = &self.settings.redis_url else {
            return Ok(Arc::new(MemoryListings::new(time_to_live)));
        };
        let options = RedisOptions {
            time_to_live,
            ..RedisOptions::default()
        };
        let random = Arc::clone(&self.random);
        Ok(Arc::new(RedisListings::open(url, random, options)?))
    }

    /// Where authorizations wait for their answer. Replicas must share them.
    fn records(&self) -> Result<Arc<dyn OneTimeRecords>, StartError> {
        let Some(url) = &self.settings.redis_url else {
            return Ok(Arc::new(MemoryRecords::new()));
        };
        let prefix = RedisOptions::default().prefix;
        let patience = RedisRecords::PATIENCE;
        Ok(Arc::new(RedisRecords::open(url, &prefix, patience)?))
    }
}

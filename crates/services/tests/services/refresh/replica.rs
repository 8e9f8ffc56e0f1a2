//! One replica: the use cases, tied to the world by a link.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use tokio::runtime::Handle;
use wharf_crypto::LiveKeyring;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::context::{Actor, Context, RequestId};
use wharf_domain::environment::Environment;
use wharf_domain::erasure::Erasure;
use wharf_domain::id::{ConnectionId, StepId};
use wharf_domain::item::ItemId;
use wharf_domain::listing::Listing;
use wharf_domain::ports::erasure_credentials::{ErasureCredentials, PartCredential};
use wharf_domain::ports::listings::{Generation, ListingKey, Listings, Lookup};
use wharf_domain::ports::nextcloud::{
    AppPasswordEnd, Login, LoginBegun, LoginPoll, NextcloudServers, Polled,
};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::storage::{NameConflict, Operation, StorageError, StorageErrorKind};
use wharf_domain::step::SealedPayload;
use wharf_services::connections::{Checked, Connections, Receipt, Refresher};
use wharf_services::error::ServiceError;
use wharf_services::items::{ConnectionOf, Items, NewFile, Stored};
use wharf_services::keep_alive::KeepAlive;
use wharf_services::outbox::OutboxWorker;
use wharf_services::revocations::Revocations;
use wharf_services::tasks::Tasks;
use wharf_services::vault::Vault;

use crate::refresh::link::Link;
use crate::refresh::storage::Storages;
use crate::refresh::world::{CONNECTION, OWNER, Watch, World};

/// A replica.
#[derive(Clone)]
pub(crate) struct Replica {
    pub(crate) link: Link,
    pub(crate) watch: Watch,
    pub(crate) keep_alive: KeepAlive,
    pub(crate) outbox: OutboxWorker,
    connections: Connections,
    items: Items,
}

impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replica")
    }
}

/// A cache that keeps nothing.
struct NoListings;

#[async_trait]
impl Listings for NoListings {
    async fn get(&self, _: &ListingKey) -> Lookup {
        Lookup {
            listing: None,
            generation: Generation(0),
        }
    }

    async fn put(&self, _: ListingKey, _: Generation, _: Arc<Listing>) {}

    async fn forget(&self, _: ConnectionId) {}
}

/// Where nobody has a Nextcloud.
pub(crate) struct NoNextclouds;

fn no_nextcloud<T>() -> Result<T, StorageError> {
    let kind = StorageErrorKind::Unsupported;
    Err(StorageError::new(kind, Operation::Probe, None))
}

#[async_trait]
impl NextcloudServers for NoNextclouds {
    async fn locate(&self, _: &Endpoint, _: &Login) -> Result<Endpoint, StorageError> {
        no_nextcloud()
    }

    async fn begin_login(&self, _: &Endpoint) -> Result<LoginBegun, StorageError> {
        no_nextcloud()
    }

    async fn poll_login(&self, _: &LoginPoll) -> Result<Polled, StorageError> {
        no_nextcloud()
    }

    async fn end_app_password(
        &self,
        _: &Endpoint,
        _: &Login,
    ) -> Result<AppPasswordEnd, StorageError> {
        no_nextcloud()
    }
}

/// Where nobody's account is deleted.
struct NoErasures;

#[async_trait]
impl ErasureCredentials for NoErasures {
    async fn of_connection(
        &self,
        _: ConnectionId,
    ) -> Result<Option<(Erasure, StepId, PartCredential)>, RepositoryError> {
        Ok(None)
    }

    async fn replace(&self, _: StepId, _: &SealedPayload, _: u32) -> Result<bool, RepositoryError> {
        unreachable!("there is none to be replaced")
    }
}

impl Replica {
    /// A replica in this world, with a clock of its own.
    pub(crate) fn start(world: &World) -> Self {
        let link = world.link();
        let watch = Watch::default();
        let clock = Arc::new(world.clock(&watch));
        let environment = Environment::new(clock, Arc::clone(&world.chance) as _);
        let keyring = LiveKeyring::fixed(Arc::clone(&world.keyring));
        let vault = Vault::new(keyring, Arc::new(link.clone()));
        let tasks = Tasks::new(Handle::current());
        let revocations = Revocations::new(
            Arc::new(link.clone()),
            Arc::new(NoNextclouds),
            Arc::new(link.clone()),
            Arc::new(link.clone()),
            vault,
            environment.clone(),
            tasks.clone(),
        );
        let refresher = Refresher::new(
            Arc::new(link.clone()),
            Arc::new(link.clone()),
            Arc::new(NoErasures),
            Arc::new(link.clone()),
            revocations.clone(),
            tasks.clone(),
        );
        let outbox = OutboxWorker::new(
            Arc::new(link.clone()),
            revocations.clone(),
            environment.clone(),
        );
        let keep_alive = KeepAlive::new(Arc::new(link.clone()), refresher.clone(), environment);
        let backends = Storages {
            server: world.server.clone(),
            weather: world.weather.clone(),
        };
        let connections = Connections::new(
            Arc::new(link.clone()),
            Arc::new(link.clone()),
            Arc::new(backends),
            Arc::new(NoNextclouds),
            Arc::new(NoListings),
            revocations,
            refresher,
        );
        let items = Items::new(connections.clone(), tasks);
        Self {
            link,
            watch,
            keep_alive,
            outbox,
            connections,
            items,
        }
    }

    fn context() -> Context {
        Context {
            actor: Actor::User(OWNER),
            request: RequestId([7; 16]),
            client: None,
        }
    }

    /// A call through the connection.
    pub(crate) async fn call(&self) -> Result<Checked, ServiceError> {
        self.call_through(CONNECTION).await
    }

    /// A call through another connection.
    pub(crate) async fn call_through(&self, id: ConnectionId) -> Result<Checked, ServiceError> {
        let context = Self::context();
        self.connections.check(&context, OWNER, id).await
    }

    pub(crate) async fn disconnect(&self) -> Result<Receipt, ServiceError> {
        self.disconnect_other(CONNECTION).await
    }

    /// Ends another connection.
    pub(crate) async fn disconnect_other(&self, id: ConnectionId) -> Result<Receipt, ServiceError> {
        let context = Self::context();
        self.connections.disconnect(&context, OWNER, id).await
    }

    /// Stores a file of three bytes through the connection.
    pub(crate) async fn upload(&self) -> Result<Stored, ServiceError> {
        let chunks = [Ok("a".into()), Ok("bc".into())];
        let file = NewFile {
            folder: ItemId::root(),
            name: "a.txt".parse().unwrap(),
            conflict: NameConflict::Fail,
            upload: Upload {
                content: stream::iter(chunks).boxed(),
                size_bytes: Some(3),
                content_type: ContentType::octet_stream(),
            },
        };
        let connection = ConnectionOf {
            owner: OWNER,
            id: CONNECTION,
        };
        self.items.store(&Self::context(), connection, file).await
    }

    /// The replica's clock jumps.
    pub(crate) fn jump(&self, by_secs: i64) {
        self.watch.jump(by_secs);
    }

    /// It does nothing for so long, in the middle of whatever it does.
    pub(crate) fn stop_for(&self, duration: Duration) {
        self.link.stop_for(duration);
    }
}

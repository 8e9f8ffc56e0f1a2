//! Connections: making, watching and ending a user's tie to a storage.

mod connect;
mod disconnect;
pub(crate) mod freshness;
mod granted;
pub(crate) mod refresh;
mod renewing;
mod view;
mod with_backend;

use std::fmt;
use std::sync::Arc;

use wharf_domain::connection::{Connection, ConnectionState, DisplayName};
use wharf_domain::content::Upload;
use wharf_domain::context::Context;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::connections as port;
use wharf_domain::ports::events::Events;
use wharf_domain::ports::listings::Listings;
use wharf_domain::ports::nextcloud::NextcloudServers;
use wharf_domain::ports::storage::{StorageAccount, StorageErrorKind};
use wharf_domain::provider::Provider;

pub(crate) use self::connect::Found;
pub use self::connect::{Connected, PasswordAccount};
pub use self::disconnect::{Receipt, Revocation};
pub(crate) use self::granted::Grant;
pub use self::refresh::Refresher;
pub use self::view::ConnectionView;
use crate::error::ServiceError;
use crate::presence::while_present;
use crate::revocations::Revocations;
use crate::tasks::Tasks;
use crate::vault::Vault;

/// The use cases around connections.
#[derive(Clone)]
pub struct Connections {
    connections: Arc<dyn port::Connections>,
    events: Arc<dyn Events>,
    backends: Arc<dyn Backends>,
    nextclouds: Arc<dyn NextcloudServers>,
    listings: Arc<dyn Listings>,
    revocations: Revocations,
    refresher: Refresher,
    tasks: Tasks,
    vault: Vault,
    environment: Environment,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

/// What a live check of a connection found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The connection with the status that the check gave it.
    pub connection: ConnectionView,
    /// The account as the storage described it, if it answered.
    pub account: Option<StorageAccount>,
}

impl Connections {
    /// The use cases on these ports.
    pub fn new(
        connections: Arc<dyn port::Connections>,
        events: Arc<dyn Events>,
        backends: Arc<dyn Backends>,
        nextclouds: Arc<dyn NextcloudServers>,
        listings: Arc<dyn Listings>,
        revocations: Revocations,
        refresher: Refresher,
    ) -> Self {
        let (vault, environment) = revocations.means();
        let tasks = refresher.tasks();
        Self {
            connections,
            events,
            backends,
            nextclouds,
            listings,
            revocations,
            refresher,
            tasks,
            vault,
            environment,
        }
    }

    /// A user's connections, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list(&self, owner: UserId) -> Result<Vec<ConnectionView>, ServiceError> {
        let connections = self.connections.list(owner).await?;
        Ok(connections.into_iter().map(ConnectionView::from).collect())
    }

    /// One of a user's connections.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn find(
        &self,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<ConnectionView, ServiceError> {
        self.live(owner, id).await.map(ConnectionView::from)
    }

    /// Changes what the user calls a connection.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn rename(
        &self,
        owner: UserId,
        id: ConnectionId,
        name: DisplayName,
    ) -> Result<ConnectionView, ServiceError> {
        if !self.connections.rename(owner, id, &name).await? {
            return Err(ServiceError::NotFound);
        }
        self.find(owner, id).await
    }

    /// Asks the storage whether the connection works; what is found is its status from then on.
    ///
    /// A credential that the storage has refused before is not tried again (D-03).
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or whatever is neither a refusal nor a storage out of reach.
    pub async fn check(
        &self,
        context: &Context,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Checked, ServiceError> {
        let connection = self.live(owner, id).await?;
        let probed = self
            .with_backend(context, &connection, |backend| async move {
                backend.probe().await
            })
            .await;
        let account = match probed {
            Ok(account) => Some(account),
            Err(ServiceError::RequiresReauth) => None,
            Err(ServiceError::Storage(error)) if says_unreachable(&error.kind) => None,
            // A call that is throttled says nothing of the connection; whoever asks whether it works
            // now is told that it does not.
            Err(ServiceError::Storage(error)) if says_busy(&error.kind) => {
                self.note(&connection, ConnectionState::Unreachable).await;
                None
            }
            Err(error) => return Err(error),
        };
        Ok(Checked {
            connection: self.find(owner, id).await?,
            account,
        })
    }

    /// The user's connection with this id, unless it is disconnected.
    pub(crate) async fn live(
        &self,
        owner: UserId,
        id: ConnectionId,
    ) -> Result<Connection, ServiceError> {
        let connection = self.connections.find(owner, id).await?;
        connection
            .filter(|connection| !connection.is_disconnected())
            .ok_or(ServiceError::NotFound)
    }

    /// The ids of the user's connections of this provider.
    pub(crate) async fn live_of(
        &self,
        owner: UserId,
        provider: Provider,
    ) -> Result<Vec<ConnectionId>, ServiceError> {
        let connections = self.connections.list(owner).await?.into_iter();
        let of_provider = connections.filter(|connection| connection.provider == provider);
        Ok(of_provider.map(|connection| connection.id).collect())
    }

    /// The one connection of this provider that the user has, or the one that was named.
    pub(crate) async fn of_provider(
        &self,
        owner: UserId,
        provider: Provider,
        named: Option<ConnectionId>,
    ) -> Result<Connection, ServiceError> {
        if let Some(id) = named {
            let connection = self.live(owner, id).await?;
            return if connection.provider == provider {
                Ok(connection)
            } else {
                Err(ServiceError::NotFound)
            };
        }
        let mut connections = self.connections.list(owner).await?;
        connections.retain(|connection| connection.provider == provider);
        match (connections.pop(), connections.is_empty()) {
            (None, _) => Err(ServiceError::NotConnected),
            (Some(connection), true) => Ok(connection),
            (Some(_), false) => Err(ServiceError::ConnectionAmbiguous),
        }
    }

    /// The same upload, broken off as soon as its owner has no account any more.
    pub(crate) fn while_present(&self, owner: UserId, upload: Upload) -> Upload {
        while_present(&self.vault, owner, upload)
    }

    /// Forgets what was listed through a connection: something changed there, or it is over.
    pub(crate) async fn forget_listings(&self, id: ConnectionId) {
        self.listings.forget(id).await;
    }

    fn event(&self, context: &Context, action: Action, connection: ConnectionId) -> Event {
        Event::new(
            &self.environment,
            context,
            action,
            Some(Resource::Connection(connection)),
        )
    }
}

/// Whether an error means that the storage is out of reach, rather than that it refused something.
fn says_unreachable(kind: &StorageErrorKind) -> bool {
    matches!(
        kind,
        StorageErrorKind::Unreachable
            | StorageErrorKind::AddressRefused(_)
            | StorageErrorKind::TimedOut
            | StorageErrorKind::Interrupted
            | StorageErrorKind::Unavailable
            | StorageErrorKind::WrongProtocol
    )
}

/// Whether an error means that the storage asks for patience.
const fn says_busy(kind: &StorageErrorKind) -> bool {
    matches!(kind, StorageErrorKind::RateLimited { .. })
}

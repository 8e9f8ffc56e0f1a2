//! Items: the files and folders of a connected storage, one at a time.
//!
//! Whatever changes the storage runs to its end even if its caller hangs up (ADR 0008), and what was
//! listed through the connection is forgotten afterwards.

mod change;
mod read;
mod store;

use std::fmt;
use std::sync::Arc;

use wharf_domain::context::Context;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::storage::{StorageBackend, StorageError};

pub use self::read::Opened;
pub use self::store::NewFile;
pub use crate::measured::Stored;

use crate::connections::Connections;
use crate::error::ServiceError;
use crate::tasks::Tasks;

/// The use cases around items.
#[derive(Clone)]
pub struct Items {
    connections: Connections,
    tasks: Tasks,
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

/// The connection that an item is reached through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionOf {
    /// The user who asks.
    pub owner: UserId,
    /// The connection, which must be that user's.
    pub id: ConnectionId,
}

impl Items {
    /// The use cases on these ports.
    pub const fn new(connections: Connections, tasks: Tasks) -> Self {
        Self { connections, tasks }
    }

    /// What is known of an item.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or what the storage said.
    pub async fn find(
        &self,
        context: &Context,
        connection: ConnectionOf,
        item: ItemId,
    ) -> Result<Item, ServiceError> {
        let found = self.ask(context, connection, |backend| async move {
            backend.metadata(&item).await
        });
        found.await
    }

    /// Runs `call`, which changes nothing, with the connection's storage.
    async fn ask<T, F>(
        &self,
        context: &Context,
        connection: ConnectionOf,
        call: impl FnOnce(Arc<dyn StorageBackend>) -> F,
    ) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        let ConnectionOf { owner, id } = connection;
        let connection = self.connections.live(owner, id).await?;
        self.connections
            .with_backend(context, &connection, call)
            .await
    }

    /// Runs `call`, which changes something, with the connection's storage, to its end.
    ///
    /// What was listed is forgotten whatever comes of it: a change that failed may have been made all
    /// the same, or half of it.
    async fn change<T, F>(
        &self,
        context: &Context,
        connection: ConnectionOf,
        call: impl FnOnce(Arc<dyn StorageBackend>) -> F + Send + 'static,
    ) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StorageError>> + Send,
    {
        let ConnectionOf { owner, id } = connection;
        let connection = self.connections.live(owner, id).await?;
        let (this, context) = (self.clone(), context.clone());
        self.tasks
            .complete(async move {
                let changed = this.connections.with_backend(&context, &connection, call);
                let changed = changed.await;
                this.connections.forget_listings(connection.id).await;
                changed
            })
            .await
    }
}

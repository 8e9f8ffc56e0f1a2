//! One reading of a folder: whose connection is it, what does its storage say, and the cache is told.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use wharf_domain::context::Context;
use wharf_domain::item::ItemId;
use wharf_domain::listing::Listing;
use wharf_domain::ports::listings::{ListingKey, Listings};
use wharf_domain::ports::storage::{Operation, StorageBackend, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;

use crate::connections::Connections;
use crate::error::ServiceError;

/// A reading that is to be done, with all that it takes.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) connections: Connections,
    pub(super) listings: Arc<dyn Listings>,
    pub(super) context: Context,
    pub(super) key: ListingKey,
    /// Whether the storage is to be asked even if the cache knows an answer.
    pub(super) fresh: bool,
}

impl Reading {
    /// Reads the folder and keeps what was read.
    pub(super) async fn run(self) -> Result<Arc<Listing>, ServiceError> {
        // Another reading may have ended since the caller looked. The generation is asked for before
        // the connection, so that a listing is not kept for a connection that ends meanwhile.
        let known = self.listings.get(&self.key).await;
        if let Some(listing) = known.listing.filter(|_| !self.fresh) {
            return Ok(listing);
        }
        let (owner, id) = (self.key.owner, self.key.connection);
        let connection = self.connections.live(owner, id).await?;
        let folder = self.key.folder.clone();
        let read = self
            .connections
            .with_backend(&self.context, &connection, |backend| {
                read_whole(backend, connection.provider, folder)
            });
        let listing = Arc::new(read.await?);
        self.listings
            .put(self.key, known.generation, Arc::clone(&listing))
            .await;
        Ok(listing)
    }
}

/// Reads a folder to its end, which no storage can put off for ever: a listing has a largest size.
async fn read_whole(
    backend: Arc<dyn StorageBackend>,
    provider: Provider,
    folder: ItemId,
) -> Result<Listing, StorageError> {
    let mut entries = backend.list(&folder).await?;
    let (mut items, mut skipped) = (Vec::new(), 0_u32);
    while let Some(batch) = entries.try_next().await? {
        items.extend(batch.items);
        skipped = skipped.saturating_add(batch.skipped);
        if items.len() > Listing::MAX_ITEMS {
            return Err(StorageError::new(
                StorageErrorKind::TooManyEntries,
                Operation::List,
                Some(provider),
            ));
        }
    }
    Ok(Listing::new(items, skipped))
}

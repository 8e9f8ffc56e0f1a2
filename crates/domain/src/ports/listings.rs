//! The port to the cache of folder listings. It may lose anything at any time.

use std::sync::Arc;

use async_trait::async_trait;

use crate::id::ConnectionId;
use crate::item::ItemId;
use crate::listing::Listing;

/// Names a cached listing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListingKey {
    /// Through which connection it was read.
    pub connection: ConnectionId,
    /// Which folder it is of.
    pub folder: ItemId,
}

/// The cache of folder listings. A failing cache is an empty one, so there is no error.
#[async_trait]
pub trait Listings: Send + Sync {
    /// The listing, if it is there and young enough.
    async fn get(&self, key: &ListingKey) -> Option<Arc<Listing>>;

    /// Keeps a listing for the cache's time to live.
    async fn put(&self, key: ListingKey, listing: Arc<Listing>);

    /// Drops a listing because its folder has changed.
    async fn forget(&self, key: &ListingKey);
}

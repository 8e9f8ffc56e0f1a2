//! The port to the cache of folder listings. It may lose anything at any time.

use std::sync::Arc;

use async_trait::async_trait;

use crate::id::{ConnectionId, UserId};
use crate::item::ItemId;
use crate::listing::Listing;

/// Names a cached listing.
///
/// The owner is part of the name: a listing is kept only after its connection was found to be the
/// owner's, so whoever finds it may see it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListingKey {
    /// Whose connection it was read through.
    pub owner: UserId,
    /// Through which connection it was read.
    pub connection: ConnectionId,
    /// Which folder it is of.
    pub folder: ItemId,
}

/// Counts the times that a connection's listings were forgotten.
///
/// A listing that is being read while its folder changes is out of date before it is kept; it is
/// told by the generation in which its reading began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Generation(pub u64);

/// What the cache knows of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The listing, if it is there and young enough.
    pub listing: Option<Arc<Listing>>,
    /// The generation that a reading which begins now belongs to.
    pub generation: Generation,
}

/// The cache of folder listings. A failing cache is an empty one, so there is no error.
#[async_trait]
pub trait Listings: Send + Sync {
    /// Looks for a listing.
    async fn get(&self, key: &ListingKey) -> Lookup;

    /// Keeps a listing for the cache's time to live, unless its generation is over.
    async fn put(&self, key: ListingKey, generation: Generation, listing: Arc<Listing>);

    /// Forgets all listings of a connection, because the connection was ended or something in its
    /// storage was changed: a change may show in other folders than the one it was made in.
    async fn forget(&self, connection: ConnectionId);
}

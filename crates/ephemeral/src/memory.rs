//! Listings kept in this process. Replicas do not see each other's: a listing may be as old as its
//! time to live, wherever it was changed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;
use wharf_domain::listing::Listing;
use wharf_domain::ports::listings::{ListingKey, Listings};

/// A bounded cache of listings.
#[derive(Debug)]
pub struct MemoryListings {
    cache: Cache<ListingKey, Arc<Listing>>,
}

impl MemoryListings {
    /// The most items that all kept listings hold together: some hundred bytes each, so memory stays
    /// within tens of megabytes. Beyond it the least used listings go first.
    pub const MAX_ITEMS: u64 = 200_000;

    /// A cache that keeps a listing for `time_to_live` at most.
    #[must_use]
    pub fn new(time_to_live: Duration) -> Self {
        Self {
            cache: Cache::builder()
                .time_to_live(time_to_live)
                .max_capacity(Self::MAX_ITEMS)
                .weigher(weight)
                .build(),
        }
    }
}

/// A listing's share of the bound: its items, and one for itself so that empty folders count too.
fn weight(_: &ListingKey, listing: &Arc<Listing>) -> u32 {
    u32::try_from(listing.items().len()).map_or(u32::MAX, |items| items.saturating_add(1))
}

#[async_trait]
impl Listings for MemoryListings {
    async fn get(&self, key: &ListingKey) -> Option<Arc<Listing>> {
        self.cache.get(key).await
    }

    async fn put(&self, key: ListingKey, listing: Arc<Listing>) {
        self.cache.insert(key, listing).await;
    }

    async fn forget(&self, key: &ListingKey) {
        self.cache.invalidate(key).await;
    }
}

#[cfg(test)]
mod tests {
    use wharf_domain::id::ConnectionId;
    use wharf_domain::item::{Item, ItemId, ItemKind};

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn key(connection: u8, folder: &str) -> ListingKey {
        ListingKey {
            connection: ConnectionId::from_bytes([connection; 16]),
            folder: ItemId::new(folder).unwrap(),
        }
    }

    fn listing(items: usize) -> Arc<Listing> {
        let item = |number: usize| Item {
            id: ItemId::new(number.to_string()).unwrap(),
            name: number.to_string(),
            kind: ItemKind::File,
            size_bytes: None,
            modified_at: None,
            etag: None,
            content_type: None,
        };
        Arc::new(Listing::new((0..items).map(item).collect(), 0))
    }

    #[tokio::test]
    async fn a_listing_is_found_by_connection_and_folder() {
        let listings = MemoryListings::new(LONG);
        listings.put(key(1, "a"), listing(3)).await;

        assert_eq!(listings.get(&key(1, "a")).await, Some(listing(3)));
        assert_eq!(listings.get(&key(2, "a")).await, None);
        assert_eq!(listings.get(&key(1, "b")).await, None);
    }

    #[tokio::test]
    async fn a_forgotten_listing_is_gone_and_no_other() {
        let listings = MemoryListings::new(LONG);
        listings.put(key(1, "a"), listing(1)).await;
        listings.put(key(1, "b"), listing(1)).await;

        listings.forget(&key(1, "a")).await;

        assert_eq!(listings.get(&key(1, "a")).await, None);
        assert_eq!(listings.get(&key(1, "b")).await, Some(listing(1)));
    }

    #[tokio::test]
    async fn a_listing_is_gone_when_its_time_is_up() {
        let listings = MemoryListings::new(Duration::from_millis(1));
        listings.put(key(1, "a"), listing(1)).await;

        // The test never ends if the time to live is not kept.
        while listings.get(&key(1, "a")).await.is_some() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn all_listings_together_stay_within_the_bound() {
        let listings = MemoryListings::new(LONG);
        let large = listing(Listing::MAX_ITEMS);
        for connection in 0..5 {
            listings.put(key(connection, "a"), Arc::clone(&large)).await;
        }
        listings.cache.run_pending_tasks().await;

        let kept = listings.cache.iter().count();
        assert!((1..=2).contains(&kept), "{kept} listings kept");
        assert!(listings.cache.weighted_size() <= MemoryListings::MAX_ITEMS);
    }
}

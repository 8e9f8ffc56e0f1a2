//! Listings kept in this process. Replicas do not see each other's: a listing may be as old as its
//! time to live, wherever it was changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;
use wharf_domain::id::ConnectionId;
use wharf_domain::listing::Listing;
use wharf_domain::ports::listings::{Generation, ListingKey, Listings, Lookup};

/// A bounded cache of listings.
#[derive(Debug)]
pub struct MemoryListings {
    cache: Cache<(ListingKey, Generation), Arc<Listing>>,
    generations: Cache<ConnectionId, Generation>,
    forgotten: AtomicU64,
}

impl MemoryListings {
    /// The most items that all kept listings hold together. Some hundred bytes each as a rule, which
    /// makes tens of megabytes; a server that fills ids and tags to their limits makes it several
    /// times that. Beyond it the least used listings go first.
    pub const MAX_ITEMS: u64 = 200_000;

    /// The most connections whose generations are remembered.
    const MAX_GENERATIONS: u64 = 100_000;

    /// Longer than any reading and any time to live: a generation that is not remembered any more is
    /// not met again.
    const GENERATION_LIFE: Duration = Duration::from_secs(24 * 3600);

    /// A cache that keeps a listing for `time_to_live` at most.
    #[must_use]
    pub fn new(time_to_live: Duration) -> Self {
        Self {
            cache: Cache::builder()
                .time_to_live(time_to_live)
                .max_capacity(Self::MAX_ITEMS)
                .weigher(weight)
                .build(),
            generations: Cache::builder()
                .time_to_live(Self::GENERATION_LIFE)
                .max_capacity(Self::MAX_GENERATIONS)
                .build(),
            forgotten: AtomicU64::new(0),
        }
    }

    async fn generation(&self, connection: ConnectionId) -> Generation {
        self.generations
            .get(&connection)
            .await
            .unwrap_or(Generation(0))
    }
}

/// A listing's share of the bound: its items, and one for itself so that empty folders count too.
fn weight(_: &(ListingKey, Generation), listing: &Arc<Listing>) -> u32 {
    u32::try_from(listing.items().len()).map_or(u32::MAX, |items| items.saturating_add(1))
}

#[async_trait]
impl Listings for MemoryListings {
    async fn get(&self, key: &ListingKey) -> Lookup {
        let generation = self.generation(key.connection).await;
        let listing = self.cache.get(&(key.clone(), generation)).await;
        Lookup {
            listing,
            generation,
        }
    }

    async fn put(&self, key: ListingKey, generation: Generation, listing: Arc<Listing>) {
        if self.generation(key.connection).await == generation {
            self.cache.insert((key, generation), listing).await;
        }
    }

    async fn forget(&self, connection: ConnectionId) {
        // One count for all connections, so that no generation is met twice.
        let generation = Generation(self.forgotten.fetch_add(1, Ordering::Relaxed) + 1);
        self.generations.insert(connection, generation).await;
    }
}

#[cfg(test)]
mod tests {
    use wharf_domain::conformance::ephemeral::{keep, key, listing};

    use super::*;

    #[tokio::test]
    async fn all_listings_together_stay_within_the_bound() {
        let listings = MemoryListings::new(Duration::from_secs(3600));
        let large = listing(Listing::MAX_ITEMS);
        for connection in 0..5 {
            keep(&listings, key(1, connection, "a"), Arc::clone(&large)).await;
        }
        listings.cache.run_pending_tasks().await;

        let kept = listings.cache.iter().count();
        assert!((1..=2).contains(&kept), "{kept} listings kept");
        assert!(listings.cache.weighted_size() <= MemoryListings::MAX_ITEMS);
    }
}

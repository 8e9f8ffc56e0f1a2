//! What every cache of listings does, wherever it keeps them.
//!
//! Each case is given a cache with nothing in it. A case panics where the port's promises are not
//! kept, so a failure names the behaviour. It knows no cache and no test runner but the macro's.

#![expect(
    clippy::unwrap_used,
    reason = "a case is a test: it fails by panicking"
)]

pub mod attempts;
pub mod one_time;

use std::fmt;
use std::sync::Arc;

use crate::id::{ConnectionId, UserId};
use crate::item::{Item, ItemId, ItemKind};
use crate::listing::Listing;
use crate::ports::listings::{ListingKey, Listings};
use crate::time::Timestamp;

/// The cache under test, which nobody else uses.
pub struct Cache {
    /// The cache, with a time to live that outlasts every case.
    pub listings: Arc<dyn Listings>,
    /// The same cache as another replica sees it; for one within a process, the cache itself.
    pub replica: Arc<dyn Listings>,
    /// A cache that keeps a listing for a few milliseconds.
    pub short_lived: Arc<dyn Listings>,
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}

/// Makes one `#[tokio::test]` of every case of [`conformance::ephemeral`](self).
///
/// `$fresh` is evaluated once a case and gives a [`Cache`]; it may `.await`.
#[macro_export]
macro_rules! ephemeral_conformance {
    ($module:ident, $fresh:expr) => {
        mod $module {
            $crate::ephemeral_conformance! {@cases $fresh;
                a_listing_is_found_by_owner_connection_and_folder,
                every_kind_of_item_comes_back_as_it_was,
                what_was_read_last_is_what_is_known,
                a_connection_is_forgotten_whole_and_no_other,
                a_reading_that_a_change_overtook_is_not_kept,
                a_forgotten_connection_is_cached_anew,
                what_one_replica_keeps_another_finds,
                what_one_replica_forgets_no_other_finds,
                a_change_at_one_replica_overtakes_a_reading_at_another,
                a_listing_is_gone_when_its_time_is_up,
            }
        }
    };
    (@cases $fresh:expr; $($case:ident),+ $(,)?) => {
        $(#[tokio::test]
        async fn $case() {
            let cache: $crate::conformance::ephemeral::Cache = $fresh;
            $crate::conformance::ephemeral::$case(&cache).await;
        })+
    };
}

/// The name of a listing; owner and connection are told by numbers.
pub fn key(owner: u8, connection: u8, folder: &str) -> ListingKey {
    ListingKey {
        owner: UserId::from_bytes([owner; 16]),
        connection: connection_id(connection),
        folder: ItemId::new(folder).unwrap(),
    }
}

/// A listing with this many plain files.
pub fn listing(items: usize) -> Arc<Listing> {
    let items = (0..items).map(|number| file(&number.to_string()));
    Arc::new(Listing::new(items.collect(), 0))
}

/// Keeps a listing that was begun to be read just now.
pub async fn keep(listings: &dyn Listings, key: ListingKey, listing: Arc<Listing>) {
    let generation = listings.get(&key).await.generation;
    listings.put(key, generation, listing).await;
}

/// The listing that is known.
pub async fn kept(listings: &dyn Listings, key: &ListingKey) -> Option<Arc<Listing>> {
    listings.get(key).await.listing
}

fn connection_id(number: u8) -> ConnectionId {
    ConnectionId::from_bytes([number; 16])
}

fn file(name: &str) -> Item {
    Item {
        id: ItemId::new(name).unwrap(),
        name: name.to_owned(),
        kind: ItemKind::File,
        size_bytes: None,
        modified_at: None,
        etag: None,
        content_type: None,
        export_formats: Vec::new(),
    }
}

/// Another owner, connection or folder is another listing.
pub async fn a_listing_is_found_by_owner_connection_and_folder(cache: &Cache) {
    let listings = &*cache.listings;
    keep(listings, key(1, 1, "a"), listing(3)).await;

    assert_eq!(kept(listings, &key(1, 1, "a")).await, Some(listing(3)));
    for other in [key(2, 1, "a"), key(1, 2, "a"), key(1, 1, "b")] {
        assert_eq!(kept(listings, &other).await, None, "{other:?}");
    }
}

/// What a storage told and what it did not, names of any kind, the top folder, the number of entries left out.
pub async fn every_kind_of_item_comes_back_as_it_was(cache: &Cache) {
    let full = Item {
        size_bytes: Some(u64::MAX),
        modified_at: Some(Timestamp::from_unix_micros(-1)),
        etag: Some("W/\"5f-61\"".parse().unwrap()),
        content_type: Some("text/plain; charset=utf-8".to_owned()),
        ..file("Ümläut 100% #1?\u{1f600}\n")
    };
    let folder = Item {
        kind: ItemKind::Folder,
        ..file(" ")
    };
    let odd = Arc::new(Listing::new(vec![full, folder, file("bare")], 7));
    let top = ListingKey {
        folder: ItemId::root(),
        ..key(1, 1, "a")
    };
    for (key, listing) in [(key(1, 1, "a"), odd), (top, listing(0))] {
        keep(&*cache.listings, key.clone(), Arc::clone(&listing)).await;
        let found = kept(&*cache.listings, &key).await.unwrap();
        assert_eq!(found, listing);
        assert_eq!(found.fingerprint(), listing.fingerprint());
    }
}

/// A fresh reading takes the place of an older one.
pub async fn what_was_read_last_is_what_is_known(cache: &Cache) {
    for items in [1, 3, 2] {
        keep(&*cache.listings, key(1, 1, "a"), listing(items)).await;
        let known = kept(&*cache.listings, &key(1, 1, "a")).await;
        assert_eq!(known, Some(listing(items)));
    }
}

/// Every folder of it, and nothing else.
pub async fn a_connection_is_forgotten_whole_and_no_other(cache: &Cache) {
    let listings = &*cache.listings;
    for key in [key(1, 1, "a"), key(1, 1, "b"), key(1, 2, "a")] {
        keep(listings, key, listing(1)).await;
    }

    listings.forget(connection_id(1)).await;

    assert_eq!(kept(listings, &key(1, 1, "a")).await, None);
    assert_eq!(kept(listings, &key(1, 1, "b")).await, None);
    assert_eq!(kept(listings, &key(1, 2, "a")).await, Some(listing(1)));
}

/// It was out of date before it was kept.
pub async fn a_reading_that_a_change_overtook_is_not_kept(cache: &Cache) {
    let listings = &*cache.listings;
    let begun = listings.get(&key(1, 1, "a")).await.generation;

    listings.forget(connection_id(1)).await;
    listings.put(key(1, 1, "a"), begun, listing(1)).await;

    assert_eq!(kept(listings, &key(1, 1, "a")).await, None);
}

/// Forgetting is no end, and no generation is met twice.
pub async fn a_forgotten_connection_is_cached_anew(cache: &Cache) {
    let listings = &*cache.listings;
    let mut met = Vec::new();
    for items in 0..4 {
        let generation = listings.get(&key(1, 1, "a")).await.generation;
        assert!(!met.contains(&generation), "{generation:?} comes back");
        met.push(generation);
        keep(listings, key(1, 1, "a"), listing(items)).await;
        let known = kept(listings, &key(1, 1, "a")).await;
        assert_eq!(known, Some(listing(items)));
        listings.forget(connection_id(1)).await;
    }
}

/// Replicas share what they keep.
pub async fn what_one_replica_keeps_another_finds(cache: &Cache) {
    keep(&*cache.listings, key(1, 1, "a"), listing(2)).await;
    let found = kept(&*cache.replica, &key(1, 1, "a")).await;
    assert_eq!(found, Some(listing(2)));
}

/// Replicas share what they forget.
pub async fn what_one_replica_forgets_no_other_finds(cache: &Cache) {
    keep(&*cache.listings, key(1, 1, "a"), listing(2)).await;
    cache.replica.forget(connection_id(1)).await;
    assert_eq!(kept(&*cache.listings, &key(1, 1, "a")).await, None);
}

/// The change is the connection's, not the replica's.
pub async fn a_change_at_one_replica_overtakes_a_reading_at_another(cache: &Cache) {
    let begun = cache.listings.get(&key(1, 1, "a")).await.generation;
    cache.replica.forget(connection_id(1)).await;
    cache.listings.put(key(1, 1, "a"), begun, listing(1)).await;
    for listings in [&cache.listings, &cache.replica] {
        assert_eq!(kept(&**listings, &key(1, 1, "a")).await, None);
    }
}

/// The case never ends if the time to live is not kept.
pub async fn a_listing_is_gone_when_its_time_is_up(cache: &Cache) {
    keep(&*cache.short_lived, key(1, 1, "a"), listing(1)).await;
    while kept(&*cache.short_lived, &key(1, 1, "a")).await.is_some() {}
}

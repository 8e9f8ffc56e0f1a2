//! Listings in the Redis that the test run started.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool_redis::redis;
use secrecy::SecretString;
use wharf_domain::conformance::ephemeral::{Cache, keep, kept, key, listing};
use wharf_domain::item::{Item, ItemId, ItemKind};
use wharf_domain::listing::Listing;
use wharf_domain::random::Random;
use wharf_ephemeral::{Error, RedisListings, RedisOptions};

use crate::{LONG, SHORT};

/// More than a sound Redis needs on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes that are not random but never come twice.
struct Counting;

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let number = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        *bytes.last_chunk_mut().unwrap() = number;
    }
}

/// A cache of a test's own.
pub(crate) fn fresh() -> Cache {
    let prefix = fresh_prefix();
    Cache {
        listings: Arc::new(open(&url(), options(&prefix))),
        replica: Arc::new(open(&url(), options(&prefix))),
        short_lived: Arc::new(open(
            &url(),
            RedisOptions {
                time_to_live: SHORT,
                ..options(&prefix)
            },
        )),
    }
}

pub(crate) fn open(url: &str, options: RedisOptions) -> RedisListings {
    RedisListings::open(&SecretString::from(url), Arc::new(Counting), options).unwrap()
}

pub(crate) fn options(prefix: &str) -> RedisOptions {
    RedisOptions {
        prefix: prefix.to_owned(),
        time_to_live: LONG,
        patience: PATIENCE,
    }
}

pub(crate) fn fresh_prefix() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("wharf-test-{}-{number}:", std::process::id())
}

pub(crate) fn url() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the command that started the server says where it is"
    )]
    let url = std::env::var("WHARF_TEST_REDIS_URL");
    url.unwrap_or_else(|_| panic!("run `cargo xtask test`, which starts Redis"))
}

/// A way to Redis past the crate.
pub(crate) async fn witness() -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// The keys that begin with this.
pub(crate) async fn keys(prefix: &str) -> Vec<String> {
    let mut command = redis::cmd("KEYS");
    let pattern = command.arg(format!("{prefix}*"));
    pattern.query_async(&mut witness().await).await.unwrap()
}

#[tokio::test]
async fn every_key_has_the_prefix_and_an_end() {
    let prefix = fresh_prefix();
    let listings = open(&url(), options(&prefix));
    keep(&listings, key(1, 1, "a"), listing(1)).await;

    let keys = keys(&prefix).await;
    assert_eq!(keys.len(), 2, "a generation and a listing: {keys:?}");
    for key in keys {
        let mut command = redis::cmd("PTTL");
        let left = command.arg(&key).query_async(&mut witness().await).await;
        let left: i64 = left.unwrap();
        assert!(left > 0, "{key} stays for ever");
    }
}

#[tokio::test]
async fn what_is_no_listing_is_a_miss_and_replaced() {
    let prefix = fresh_prefix();
    let listings = open(&url(), options(&prefix));
    let mut witness = witness().await;
    for garbage in [&b""[..], b"\x01", b"garbage", &[0xff; 4096]] {
        keep(&listings, key(1, 1, "a"), listing(1)).await;
        for key in keys(&format!("{prefix}listing")).await {
            let mut command = redis::cmd("SET");
            let set = command.arg(&key).arg(garbage);
            set.exec_async(&mut witness).await.unwrap();
        }
        assert_eq!(kept(&listings, &key(1, 1, "a")).await, None);
        keep(&listings, key(1, 1, "a"), listing(2)).await;
        assert_eq!(kept(&listings, &key(1, 1, "a")).await, Some(listing(2)));
    }
}

#[tokio::test]
async fn a_lost_generation_forgets_its_listings() {
    let prefix = fresh_prefix();
    let listings = open(&url(), options(&prefix));
    keep(&listings, key(1, 1, "a"), listing(1)).await;
    for key in keys(&format!("{prefix}generation")).await {
        let mut command = redis::cmd("DEL");
        let delete = command.arg(&key);
        delete.exec_async(&mut witness().await).await.unwrap();
    }
    assert_eq!(kept(&listings, &key(1, 1, "a")).await, None);
}

#[tokio::test]
async fn a_listing_beyond_the_bound_is_not_kept() {
    let prefix = fresh_prefix();
    let listings = open(&url(), options(&prefix));
    let item = |number: usize| Item {
        id: ItemId::new(number.to_string()).unwrap(),
        name: "x".repeat(1024),
        kind: ItemKind::File,
        size_bytes: None,
        modified_at: None,
        etag: None,
        content_type: None,
        export_formats: Vec::new(),
    };
    let items = RedisListings::MAX_VALUE_BYTES / 1024;
    let large = Listing::new((0..items).map(item).collect(), 0);
    keep(&listings, key(1, 1, "large"), Arc::new(large)).await;
    keep(&listings, key(1, 1, "small"), listing(1)).await;

    assert_eq!(kept(&listings, &key(1, 1, "large")).await, None);
    assert_eq!(kept(&listings, &key(1, 1, "small")).await, Some(listing(1)));
    assert_eq!(keys(&format!("{prefix}listing")).await.len(), 1);
}

#[tokio::test]
async fn without_a_time_to_live_nothing_is_kept() {
    let options = RedisOptions {
        time_to_live: Duration::ZERO,
        ..options(&fresh_prefix())
    };
    let listings = open(&url(), options);
    keep(&listings, key(1, 1, "a"), listing(1)).await;
    assert_eq!(kept(&listings, &key(1, 1, "a")).await, None);
}

#[test]
fn an_address_is_refused_without_being_repeated() {
    for url in [
        "",
        "canary",
        "http://canary",
        "redis://:canary@",
        "redis://h/canary",
    ] {
        let random = Arc::new(Counting);
        let opened = RedisListings::open(&url.into(), random, RedisOptions::default());
        let error = opened.unwrap_err();
        assert_eq!(error, Error::RedisUrl, "{url}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    let listings = open("redis://anna:canary@127.0.0.1/1", options("p:"));
    assert!(!format!("{listings:?}").contains("canary"));
}

//! A Redis that goes away or hangs in the middle is an empty cache, and no error.

use std::sync::Arc;
use std::time::Duration;

use wharf_domain::conformance::ephemeral::{keep, kept, key, listing};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::listings::Listings as _;
use wharf_ephemeral::{RedisListings, RedisOptions};

use crate::redis::{open, options};
use crate::server::Server;

/// Keeps a listing until it is found: a cache that was left alone for a while comes back.
async fn works_again(listings: &RedisListings) {
    while kept(listings, &key(1, 1, "a")).await.is_none() {
        keep(listings, key(1, 1, "a"), listing(1)).await;
    }
}

#[tokio::test]
async fn a_redis_that_is_gone_is_an_empty_cache_until_it_comes_back() {
    let mut server = Server::start().await;
    let listings = open(&server.url(), options("p:"));
    keep(&listings, key(1, 1, "a"), listing(1)).await;
    assert_eq!(kept(&listings, &key(1, 1, "a")).await, Some(listing(1)));

    server.stop();
    for _ in 0..20 {
        keep(&listings, key(1, 1, "a"), listing(2)).await;
        assert_eq!(kept(&listings, &key(1, 1, "a")).await, None);
        listings.forget(ConnectionId::from_bytes([1; 16])).await;
    }

    server.resume().await;
    works_again(&listings).await;
}

#[tokio::test]
async fn a_redis_that_was_never_there_is_an_empty_cache() {
    let mut server = Server::start().await;
    server.stop();
    let listings = open(&server.url(), options("p:"));
    keep(&listings, key(1, 1, "a"), listing(1)).await;
    assert_eq!(kept(&listings, &key(1, 1, "a")).await, None);
}

/// The test never ends if a Redis that hangs makes its callers hang.
#[tokio::test]
async fn a_redis_that_hangs_is_an_empty_cache_until_it_goes_on() {
    let server = Server::start().await;
    let listings = Arc::new(open(
        &server.url(),
        RedisOptions {
            patience: Duration::from_millis(200),
            ..options("p:")
        },
    ));
    works_again(&listings).await;

    server.freeze();
    // More callers at once than there are connections.
    let callers = (0..64).map(|_| {
        let listings = Arc::clone(&listings);
        tokio::spawn(async move { kept(&*listings, &key(1, 1, "a")).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert_eq!(caller.await.unwrap(), None);
    }

    server.thaw();
    works_again(&listings).await;
}

#[tokio::test]
async fn a_reading_of_an_outage_is_not_kept_when_it_is_over() {
    let mut server = Server::start().await;
    server.stop();
    let listings = open(&server.url(), options("p:"));
    let begun = listings.get(&key(1, 1, "a")).await.generation;
    listings.forget(ConnectionId::from_bytes([1; 16])).await;
    let later = listings.get(&key(1, 1, "a")).await.generation;
    assert_ne!(
        begun, later,
        "a change tells readings apart in an outage too"
    );

    server.resume().await;
    for generation in [begun, later] {
        listings.put(key(1, 1, "a"), generation, listing(1)).await;
        assert_eq!(kept(&listings, &key(1, 1, "a")).await, None);
    }
}

/// TLS needs a server that speaks it; the other one is an outage, and no panic.
#[tokio::test]
async fn a_server_without_tls_is_an_outage_where_tls_is_asked_for() {
    // As the composition does; whoever came first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start().await;
    let url = server.url().replace("redis:", "rediss:");
    let listings = open(
        &url,
        RedisOptions {
            patience: Duration::from_millis(500),
            ..options("p:")
        },
    );
    keep(&listings, key(1, 1, "a"), listing(1)).await;
    assert_eq!(kept(&listings, &key(1, 1, "a")).await, None);
}

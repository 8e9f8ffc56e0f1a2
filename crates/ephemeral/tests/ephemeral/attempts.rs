//! Attempts counted in this process and in Redis.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis;
use wharf_domain::conformance::ephemeral::attempts::{Counting, key};
use wharf_domain::ports::attempts::{AttemptLimit, Attempts as _};
use wharf_ephemeral::{MemoryAttempts, RedisAttempts};

use crate::LONG;
use crate::redis::{PATIENCE, fresh_prefix, keys, url, witness};
use crate::server::Server;

const LIMIT: AttemptLimit = AttemptLimit {
    most: 4,
    within: LONG,
};

pub(crate) fn in_memory() -> Counting {
    let attempts = Arc::new(MemoryAttempts::new());
    Counting {
        attempts: attempts.clone(),
        replica: attempts,
    }
}

pub(crate) fn in_redis() -> Counting {
    let prefix = fresh_prefix();
    Counting {
        attempts: Arc::new(open(&url(), &prefix)),
        replica: Arc::new(open(&url(), &prefix)),
    }
}

fn open(url: &str, prefix: &str) -> RedisAttempts {
    RedisAttempts::open(&url.into(), prefix, PATIENCE).unwrap()
}

#[tokio::test]
async fn a_count_s_key_has_the_prefix_the_purpose_and_an_end() {
    let prefix = fresh_prefix();
    let attempts = open(&url(), &prefix);
    for _ in 0..2 {
        attempts.count(key(1), LIMIT).await.unwrap();
    }
    let keys = keys(&prefix).await;
    assert_eq!(keys, [format!("{prefix}attempts:test:{}", "01".repeat(32))]);
    let mut command = redis::cmd("PTTL");
    let left = command
        .arg(&keys[0])
        .query_async(&mut witness().await)
        .await;
    let left: i64 = left.unwrap();
    assert!(left > 0 && u128::from(left.unsigned_abs()) <= LONG.as_millis());
}

///
#[tokio::test]
async fn without_redis_each_replica_counts_to_half_the_limit() {
    let mut server = Server::start().await;
    let attempts = open(&server.url(), "p:");
    attempts.count(key(1), LIMIT).await.unwrap();

    server.stop();
    for number in [1, 2] {
        for _ in 0..LIMIT.most / 2 {
            attempts.count(key(number), LIMIT).await.unwrap();
        }
        assert!(attempts.count(key(number), LIMIT).await.is_err());
    }
    attempts.take_back(key(1)).await;
    attempts.forget(key(2)).await;
    for number in [1, 2] {
        attempts.count(key(number), LIMIT).await.unwrap();
    }

    server.resume().await;
    let back = tokio::time::timeout(Duration::from_secs(60), async {
        while shared_count(&attempts, &server).await != Some(1) {}
    });
    back.await.expect("it comes back by itself");
}

async fn shared_count(attempts: &RedisAttempts, server: &Server) -> Option<u32> {
    attempts.forget(key(9)).await;
    let _ = attempts.count(key(9), LIMIT).await;
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut command = redis::cmd("GET");
    let name = format!("p:attempts:test:{}", "09".repeat(32));
    command
        .arg(name)
        .query_async(&mut connection)
        .await
        .unwrap()
}

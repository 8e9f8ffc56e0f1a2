//! One-time records in this process and in Redis.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use deadpool_redis::redis;
use wharf_domain::conformance::ephemeral::one_time::{Records, key};
use wharf_domain::ports::one_time::{OneTimeError, OneTimeRecords};
use wharf_ephemeral::{MemoryRecords, RedisRecords};

use crate::LONG;
use crate::redis::{PATIENCE, fresh_prefix, keys, url, witness};
use crate::server::Server;

pub(crate) fn in_memory() -> Records {
    let records = Arc::new(MemoryRecords::new());
    Records {
        records: records.clone(),
        replica: records,
    }
}

pub(crate) fn in_redis() -> Records {
    let prefix = fresh_prefix();
    Records {
        records: Arc::new(open(&url(), &prefix)),
        replica: Arc::new(open(&url(), &prefix)),
    }
}

fn open(url: &str, prefix: &str) -> RedisRecords {
    RedisRecords::open(&url.into(), prefix, PATIENCE).unwrap()
}

/// O-02: by threads, whose steps fall between each other's.
#[test]
fn of_a_hundred_threads_one_takes_the_record() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for Records { records, .. } in [in_memory(), runtime.block_on(async { in_redis() })] {
        let put = records.put(key(1), b"one".to_vec(), LONG);
        runtime.block_on(put).unwrap();
        let rivals: Vec<_> = (0..100)
            .map(|_| {
                let (records, handle) = (Arc::clone(&records), runtime.handle().clone());
                thread::spawn(move || handle.block_on(records.take(&key(1))).unwrap())
            })
            .collect();
        let taken = rivals.into_iter().map(|rival| rival.join().unwrap());
        assert_eq!(taken.flatten().collect::<Vec<_>>(), [b"one".to_vec()]);
    }
}

#[tokio::test]
async fn a_record_s_key_has_the_prefix_the_purpose_and_an_end() {
    let prefix = fresh_prefix();
    let records = open(&url(), &prefix);
    records.put(key(1), vec![], LONG).await.unwrap();
    let keys = keys(&prefix).await;
    assert_eq!(keys, [format!("{prefix}once:test:{}", "01".repeat(32))]);
    let mut command = redis::cmd("PTTL");
    let left = command
        .arg(&keys[0])
        .query_async(&mut witness().await)
        .await;
    let left: i64 = left.unwrap();
    assert!(left > 0 && u128::from(left.unsigned_abs()) <= LONG.as_millis());
}

/// it is Redis or nothing; what was kept is gone with it, and it comes back by itself.
#[tokio::test]
async fn without_redis_there_are_no_records() {
    let mut server = Server::start().await;
    let records = open(&server.url(), "p:");
    records.put(key(1), b"one".to_vec(), LONG).await.unwrap();

    server.stop();
    for _ in 0..3 {
        let put = records.put(key(2), vec![], LONG).await;
        assert!(matches!(put, Err(OneTimeError::Unavailable(_))), "{put:?}");
        let taken = records.take(&key(1)).await;
        assert!(matches!(taken, Err(OneTimeError::Unavailable(_))));
    }

    server.resume().await;
    let back = async { while records.put(key(3), b"three".to_vec(), LONG).await.is_err() {} };
    let back = tokio::time::timeout(Duration::from_secs(60), back).await;
    back.expect("it comes back by itself");
    assert_eq!(records.take(&key(1)).await.unwrap(), None);
    assert_eq!(
        records.take(&key(3)).await.unwrap(),
        Some(b"three".to_vec())
    );
}

/// The test never ends if a Redis that hangs makes its callers hang.
#[tokio::test]
async fn a_redis_that_hangs_is_out_of_reach() {
    let server = Server::start().await;
    let patience = Duration::from_millis(200);
    let records = RedisRecords::open(&server.url().into(), "p:", patience).unwrap();
    server.freeze();
    let put = records.put(key(1), vec![], LONG).await;
    assert!(matches!(put, Err(OneTimeError::Unavailable(_))), "{put:?}");
    server.thaw();
}

//! What every keeper of one-time records does, wherever it keeps them (O-02).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use crate::ports::one_time::{OneTimeKey, OneTimeRecords};

/// The records under test, which nobody else uses.
pub struct Records {
    /// The records.
    pub records: Arc<dyn OneTimeRecords>,
    /// The same records as another replica sees them; within a process, the records themselves.
    pub replica: Arc<dyn OneTimeRecords>,
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Records")
    }
}

/// Makes one `#[tokio::test]` of every case of [`conformance::ephemeral::one_time`](self).
///
/// `$fresh` is evaluated once a case and gives [`Records`]; it may `.await`.
#[macro_export]
macro_rules! one_time_conformance {
    ($module:ident, $fresh:expr) => {
        mod $module {
            $crate::one_time_conformance! {@cases $fresh;
                a_record_is_taken_once,
                records_are_told_apart_by_purpose_and_digest,
                a_record_takes_the_place_of_another_of_its_name,
                any_bytes_come_back_as_they_were,
                of_a_hundred_who_take_a_record_one_gets_it,
                a_record_is_gone_when_its_time_is_up,
            }
        }
    };
    (@cases $fresh:expr; $($case:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            let records: $crate::conformance::ephemeral::one_time::Records = $fresh;
            $crate::conformance::ephemeral::one_time::$case(&records).await;
        })+
    };
}

/// Outlasts every case.
const LONG: Duration = Duration::from_secs(3600);

/// The name of a record, told by a number.
pub fn key(number: u8) -> OneTimeKey {
    OneTimeKey {
        purpose: "test",
        digest: [number; 32],
    }
}

async fn put(records: &dyn OneTimeRecords, key: OneTimeKey, record: &[u8]) {
    records.put(key, record.to_vec(), LONG).await.unwrap();
}

async fn take(records: &dyn OneTimeRecords, key: OneTimeKey) -> Option<Vec<u8>> {
    records.take(&key).await.unwrap()
}

/// By whichever replica.
pub async fn a_record_is_taken_once(records: &Records) {
    assert_eq!(take(&*records.records, key(1)).await, None);
    put(&*records.records, key(1), b"one").await;
    assert_eq!(take(&*records.replica, key(1)).await, Some(b"one".to_vec()));
    assert_eq!(take(&*records.replica, key(1)).await, None);
    assert_eq!(take(&*records.records, key(1)).await, None);
}

/// Neither alone names a record.
pub async fn records_are_told_apart_by_purpose_and_digest(records: &Records) {
    let elsewhere = OneTimeKey {
        purpose: "other",
        ..key(1)
    };
    put(&*records.records, key(1), b"one").await;
    put(&*records.records, elsewhere, b"elsewhere").await;
    assert_eq!(take(&*records.records, key(2)).await, None);
    let found = take(&*records.records, elsewhere).await;
    assert_eq!(found, Some(b"elsewhere".to_vec()));
    assert_eq!(take(&*records.records, key(1)).await, Some(b"one".to_vec()));
}

/// The last one counts.
pub async fn a_record_takes_the_place_of_another_of_its_name(records: &Records) {
    put(&*records.records, key(1), b"one").await;
    put(&*records.replica, key(1), b"two").await;
    assert_eq!(take(&*records.records, key(1)).await, Some(b"two".to_vec()));
    assert_eq!(take(&*records.records, key(1)).await, None);
}

/// Empty, long, and whatever is no text.
pub async fn any_bytes_come_back_as_they_were(records: &Records) {
    let all: Vec<u8> = (0..=255).collect();
    for record in [vec![], all.clone(), all.repeat(64)] {
        put(&*records.records, key(1), &record).await;
        assert_eq!(take(&*records.records, key(1)).await, Some(record));
    }
}

/// O-02: at the same time, by both replicas.
pub async fn of_a_hundred_who_take_a_record_one_gets_it(records: &Records) {
    for round in 0..5 {
        put(&*records.records, key(round), b"one").await;
        let rivals = (0..100).map(|number| match number % 2 {
            0 => take(&*records.records, key(round)),
            _ => take(&*records.replica, key(round)),
        });
        let taken = join_all(rivals).await;
        let winners = taken.into_iter().flatten();
        assert_eq!(winners.collect::<Vec<_>>(), [b"one".to_vec()]);
    }
}

/// The case never ends if the time is not kept.
pub async fn a_record_is_gone_when_its_time_is_up(records: &Records) {
    let short = Duration::from_millis(1);
    for round in 0..=255_u8 {
        let put = records.records.put(key(round), b"one".to_vec(), short);
        put.await.unwrap();
    }
    let mut found = 256;
    while found > 0 {
        found = 0;
        for round in 0..=255_u8 {
            // Whatever is found early was taken, so it is put back for as short.
            if take(&*records.records, key(round)).await.is_some() {
                found += 1;
                let put = records.records.put(key(round), b"one".to_vec(), short);
                put.await.unwrap();
            }
        }
    }
}

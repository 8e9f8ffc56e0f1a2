//! Records kept in this process, for a server without replicas. They end with it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use wharf_domain::ports::one_time::{OneTimeError, OneTimeKey, OneTimeRecords};

/// A bounded map of records. Expired ones are swept out when there is no more room.
#[derive(Debug, Default)]
pub struct MemoryRecords {
    kept: Mutex<HashMap<OneTimeKey, Kept>>,
}

#[derive(Debug)]
struct Kept {
    record: Vec<u8>,
    ends: Instant,
}

impl MemoryRecords {
    /// The most records that are kept at once: some kilobyte each, tens of megabytes together.
    pub const MAX_RECORDS: usize = 10_000;

    /// No records yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing panics while it holds the lock, so what lies behind it is whole.
    fn kept(&self) -> MutexGuard<'_, HashMap<OneTimeKey, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl OneTimeRecords for MemoryRecords {
    async fn put(
        &self,
        key: OneTimeKey,
        record: Vec<u8>,
        life: Duration,
    ) -> Result<(), OneTimeError> {
        let now = Instant::now();
        let mut kept = self.kept();
        if kept.len() >= Self::MAX_RECORDS {
            kept.retain(|_, kept| now < kept.ends);
        }
        if kept.len() >= Self::MAX_RECORDS && !kept.contains_key(&key) {
            return Err(OneTimeError::Full);
        }
        let ends = now + life;
        kept.insert(key, Kept { record, ends });
        Ok(())
    }

    async fn take(&self, key: &OneTimeKey) -> Result<Option<Vec<u8>>, OneTimeError> {
        let taken = self.kept().remove(key);
        let alive = taken.filter(|kept| Instant::now() < kept.ends);
        Ok(alive.map(|kept| kept.record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> OneTimeKey {
        let mut digest = [0; 32];
        *digest.last_chunk_mut().unwrap() = number.to_be_bytes();
        OneTimeKey {
            purpose: "test",
            digest,
        }
    }

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_full_map_says_so_and_drops_nothing() {
        let records = MemoryRecords::new();
        for number in 0..MemoryRecords::MAX_RECORDS {
            records.put(key(number), vec![], LONG).await.unwrap();
        }
        let surplus = key(MemoryRecords::MAX_RECORDS);
        let refused = records.put(surplus, vec![], LONG).await;
        assert!(matches!(refused, Err(OneTimeError::Full)), "{refused:?}");
        records.put(key(0), vec![1], LONG).await.unwrap();
        assert_eq!(records.take(&key(0)).await.unwrap(), Some(vec![1]));
        records.put(surplus, vec![], LONG).await.unwrap();
    }

    #[tokio::test]
    async fn what_has_expired_makes_room() {
        let records = MemoryRecords::new();
        for number in 0..MemoryRecords::MAX_RECORDS {
            let life = Duration::ZERO;
            records.put(key(number), vec![], life).await.unwrap();
        }
        let surplus = key(MemoryRecords::MAX_RECORDS);
        records.put(surplus, vec![], LONG).await.unwrap();
        assert_eq!(records.kept().len(), 1);
    }
}

//! Attempts counted in this process, for a server without replicas. Knows no Redis.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use wharf_domain::ports::attempts::{AttemptKey, AttemptLimit, Attempts, TooManyAttempts};

/// A bounded map of counts. Those that are over are swept out when there is no more room.
#[derive(Debug, Default)]
pub struct MemoryAttempts {
    counts: Mutex<HashMap<AttemptKey, Count>>,
}

#[derive(Debug)]
struct Count {
    attempts: u32,
    ends: Instant,
}

impl MemoryAttempts {
    /// The most things that are counted on at once: some ten megabytes.
    pub const MAX_KEYS: usize = 100_000;

    /// How long whoever comes first waits when there is no more room.
    const FULL: Duration = Duration::from_mins(1);

    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing panics while it holds the lock, so what lies behind it is whole.
    fn counts(&self) -> MutexGuard<'_, HashMap<AttemptKey, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an attempt, as [`Attempts::count`] does.
    pub(super) fn add(&self, key: AttemptKey, limit: AttemptLimit) -> Result<(), TooManyAttempts> {
        let now = Instant::now();
        let mut counts = self.counts();
        if counts.len() >= Self::MAX_KEYS && !counts.contains_key(&key) {
            counts.retain(|_, count| now < count.ends);
            if counts.len() >= Self::MAX_KEYS {
                return Err(TooManyAttempts {
                    retry_after: Self::FULL,
                });
            }
        }
        let fresh = || Count {
            attempts: 0,
            ends: now + limit.within,
        };
        let count = counts.entry(key).or_insert_with(fresh);
        if count.ends <= now {
            *count = fresh();
        }
        if count.attempts >= limit.most {
            return Err(TooManyAttempts {
                retry_after: count.ends - now,
            });
        }
        count.attempts += 1;
        Ok(())
    }

    pub(super) fn subtract(&self, key: AttemptKey) {
        if let Some(count) = self.counts().get_mut(&key) {
            count.attempts = count.attempts.saturating_sub(1);
        }
    }

    pub(super) fn remove(&self, key: AttemptKey) {
        self.counts().remove(&key);
    }
}

#[async_trait]
impl Attempts for MemoryAttempts {
    async fn count(&self, key: AttemptKey, limit: AttemptLimit) -> Result<(), TooManyAttempts> {
        self.add(key, limit)
    }

    async fn take_back(&self, key: AttemptKey) {
        self.subtract(key);
    }

    async fn forget(&self, key: AttemptKey) {
        self.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: AttemptLimit = AttemptLimit {
        most: 1,
        within: Duration::from_secs(60),
    };

    fn key(number: usize) -> AttemptKey {
        let mut digest = [0; 32];
        *digest.last_chunk_mut().unwrap() = number.to_be_bytes();
        AttemptKey {
            purpose: "test",
            digest,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_map_drops_no_count_until_it_is_over() {
        let attempts = MemoryAttempts::new();
        for number in 0..MemoryAttempts::MAX_KEYS {
            attempts.add(key(number), LIMIT).unwrap();
        }
        let surplus = key(MemoryAttempts::MAX_KEYS);
        assert!(attempts.add(surplus, LIMIT).is_err());
        assert!(attempts.add(key(0), LIMIT).is_err());
        tokio::time::advance(LIMIT.within).await;
        assert_eq!(attempts.add(surplus, LIMIT), Ok(()));
        assert_eq!(attempts.counts().len(), 1);
    }
}

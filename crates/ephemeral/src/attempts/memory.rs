//! Attempts counted in this process, for a server without replicas. Knows no Redis.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use wharf_domain::ports::attempts::{AttemptKey, AttemptLimit, Attempts, TooManyAttempts};

/// A bounded map of counts for each purpose, so that none takes another's room. Those that are over are
/// swept out when there is no more.
#[derive(Debug, Default)]
pub struct MemoryAttempts {
    counts: Mutex<HashMap<&'static str, Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    by_digest: HashMap<[u8; 32], Count>,
    swept_at: Option<Instant>,
}

#[derive(Debug)]
struct Count {
    attempts: u32,
    ends: Instant,
}

impl MemoryAttempts {
    /// The most things of a purpose that are counted on at once: some ten megabytes.
    pub const MAX_KEYS: usize = 100_000;

    /// How often what is over is swept out: many newcomers at a full map cost no more than one.
    const SWEEP: Duration = Duration::from_secs(1);

    /// How long whoever comes first waits when there is no more room.
    const FULL: Duration = Duration::from_mins(1);

    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing panics while it holds the lock, so what lies behind it is whole.
    fn counts(&self) -> MutexGuard<'_, HashMap<&'static str, Counts>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an attempt, as [`Attempts::count`] does.
    pub(super) fn add(&self, key: AttemptKey, limit: AttemptLimit) -> Result<(), TooManyAttempts> {
        let now = Instant::now();
        let mut purposes = self.counts();
        let counts = purposes.entry(key.purpose).or_default();
        if !counts.has_room_for(&key.digest, now) {
            return Err(TooManyAttempts {
                retry_after: Self::FULL,
            });
        }
        let fresh = || Count {
            attempts: 0,
            ends: now + limit.within,
        };
        let count = counts.by_digest.entry(key.digest).or_insert_with(fresh);
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
        let mut purposes = self.counts();
        let counts = purposes.get_mut(key.purpose);
        if let Some(count) = counts.and_then(|counts| counts.by_digest.get_mut(&key.digest)) {
            count.attempts = count.attempts.saturating_sub(1);
        }
    }

    pub(super) fn remove(&self, key: AttemptKey) {
        if let Some(counts) = self.counts().get_mut(key.purpose) {
            counts.by_digest.remove(&key.digest);
        }
    }
}

impl Counts {
    fn has_room_for(&mut self, digest: &[u8; 32], now: Instant) -> bool {
        let is_full = |counts: &Self| counts.by_digest.len() >= MemoryAttempts::MAX_KEYS;
        if !is_full(self) || self.by_digest.contains_key(digest) {
            return true;
        }
        let was_swept = |at| now.duration_since(at) < MemoryAttempts::SWEEP;
        if !self.swept_at.is_some_and(was_swept) {
            self.by_digest.retain(|_, count| now < count.ends);
            self.swept_at = Some(now);
        }
        !is_full(self)
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
        let other = AttemptKey {
            purpose: "other",
            ..surplus
        };
        assert_eq!(attempts.add(other, LIMIT), Ok(()));
        tokio::time::advance(LIMIT.within).await;
        assert_eq!(attempts.add(surplus, LIMIT), Ok(()));
        assert_eq!(attempts.counts()["test"].by_digest.len(), 1);
    }
}

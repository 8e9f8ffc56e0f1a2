//! Attempts counted in the Redis that all replicas share. While it is out of reach each replica counts
//! for itself, to half the limit.

use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::pipe;
use secrecy::SecretString;
use wharf_domain::ports::attempts::{AttemptKey, AttemptLimit, Attempts, TooManyAttempts};

use super::MemoryAttempts;
use crate::error::Error;
use crate::redis_pool::RedisPool;

/// Counts one more, unless there are as many as there may be. Gives -1, or the milliseconds until it is
/// counted anew. One script, so that many at once are counted one after the other.
const COUNT: &str = "\
local counted = tonumber(redis.call('GET', KEYS[1]) or '0')
if counted >= tonumber(ARGV[1]) then return math.max(redis.call('PTTL', KEYS[1]), 0) end
if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return -1";

/// Counts one fewer, if it is counted at all.
const TAKE_BACK: &str = "\
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end";

/// Counts in Redis.
#[derive(Debug)]
pub struct RedisAttempts {
    pool: RedisPool,
    prefix: String,
    alone: MemoryAttempts,
}

impl RedisAttempts {
    /// How long a call may take before Redis counts as out of reach.
    pub const PATIENCE: Duration = Duration::from_millis(500);

    /// Counts in the Redis at this address, under keys that begin with `prefix`. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::RedisUrl`].
    pub fn open(url: &SecretString, prefix: &str, patience: Duration) -> Result<Self, Error> {
        Ok(Self {
            pool: RedisPool::open(url, patience)?,
            prefix: prefix.to_owned(),
            alone: MemoryAttempts::new(),
        })
    }

    fn name(&self, key: &AttemptKey) -> String {
        let mut name = format!("{}attempts:{}:", self.prefix, key.purpose);
        for byte in key.digest {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}

#[async_trait]
impl Attempts for RedisAttempts {
    async fn count(&self, key: AttemptKey, limit: AttemptLimit) -> Result<(), TooManyAttempts> {
        let mut commands = pipe();
        let count = commands.cmd("EVAL").arg(COUNT).arg(1).arg(self.name(&key));
        let within = u64::try_from(limit.within.as_millis()).unwrap_or(u64::MAX);
        count.arg(limit.most).arg(within);
        match self.pool.ask::<(i64,)>(&commands).await {
            Ok((-1,)) => Ok(()),
            Ok((wait,)) => Err(TooManyAttempts {
                retry_after: Duration::from_millis(wait.unsigned_abs()),
            }),
            Err(_) => self.alone.add(
                key,
                AttemptLimit {
                    most: (limit.most / 2).max(1),
                    ..limit
                },
            ),
        }
    }

    async fn take_back(&self, key: AttemptKey) {
        self.alone.subtract(key);
        let mut commands = pipe();
        let take_back = commands.cmd("EVAL").arg(TAKE_BACK).arg(1);
        take_back.arg(self.name(&key)).ignore();
        // What stays counted is forgotten with the others.
        let _ = self.pool.ask::<()>(&commands).await;
    }

    async fn forget(&self, key: AttemptKey) {
        self.alone.remove(key);
        let mut commands = pipe();
        commands.cmd("DEL").arg(self.name(&key)).ignore();
        let _ = self.pool.ask::<()>(&commands).await;
    }
}

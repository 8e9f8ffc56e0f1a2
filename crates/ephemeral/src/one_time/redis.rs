//! Records in the Redis that all replicas share. When it is out of reach, so are they.

use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::pipe;
use secrecy::SecretString;
use wharf_domain::ports::one_time::{OneTimeError, OneTimeKey, OneTimeRecords};

use crate::error::Error;
use crate::redis_pool::{Failure, RedisPool};

/// One-time records in Redis. Give it a Redis that evicts nothing that has an end
/// (`maxmemory-policy noeviction`): an evicted record is an authorization to begin anew.
#[derive(Debug)]
pub struct RedisRecords {
    pool: RedisPool,
    prefix: String,
}

impl RedisRecords {
    /// How long a call may take before Redis counts as out of reach.
    pub const PATIENCE: Duration = Duration::from_secs(2);

    /// Records in the Redis at this address, under keys that begin with `prefix`. Nothing is connected
    /// yet.
    ///
    /// # Errors
    /// [`Error::RedisUrl`].
    pub fn open(url: &SecretString, prefix: &str, patience: Duration) -> Result<Self, Error> {
        Ok(Self {
            pool: RedisPool::open(url, patience)?,
            prefix: prefix.to_owned(),
        })
    }

    fn name(&self, key: &OneTimeKey) -> String {
        let mut name = format!("{}once:{}:", self.prefix, key.purpose);
        for byte in key.digest {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}

#[async_trait]
impl OneTimeRecords for RedisRecords {
    async fn put(
        &self,
        key: OneTimeKey,
        record: Vec<u8>,
        life: Duration,
    ) -> Result<(), OneTimeError> {
        let mut commands = pipe();
        let set = commands.cmd("SET").arg(self.name(&key)).arg(record);
        set.arg("PX").arg(life.as_millis()).ignore();
        self.pool.ask(&commands).await.map_err(unavailable)
    }

    /// In one command, so that of all replicas one gets it (`GETDEL`, Redis 6.2).
    async fn take(&self, key: &OneTimeKey) -> Result<Option<Vec<u8>>, OneTimeError> {
        let mut commands = pipe();
        commands.cmd("GETDEL").arg(self.name(key));
        let (taken,): (Option<Vec<u8>>,) = self.pool.ask(&commands).await.map_err(unavailable)?;
        Ok(taken)
    }
}

fn unavailable(failure: Failure) -> OneTimeError {
    OneTimeError::Unavailable(Box::new(failure))
}

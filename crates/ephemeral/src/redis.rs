//! Listings kept in a Redis that all replicas share. It may fail, hang or lose what it likes: then
//! nothing is known, and the storages are asked.
//!
//! Each connection has a key with its generation, and a listing names the generation it was read in.
//! Generations are random, so that one which Redis has lost is never met again: losing a generation
//! forgets the connection's listings, and nothing has to be removed or compared in one step (ADR 0011).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use deadpool_redis::redis::{FromRedisValue, Pipeline, pipe};
use secrecy::SecretString;
use wharf_domain::id::ConnectionId;
use wharf_domain::listing::Listing;
use wharf_domain::ports::listings::{Generation, ListingKey, Listings, Lookup};
use wharf_domain::random::Random;

use crate::error::Error;
use crate::outage::Outage;
use crate::redis_pool::{Failure, RedisPool};
use crate::stored;

/// How listings are kept.
#[derive(Clone, Debug)]
pub struct RedisOptions {
    /// What all keys begin with.
    pub prefix: String,
    /// How long a listing is kept.
    pub time_to_live: Duration,
    /// How long a call may take before the listing is taken as unknown: 250 ms unless told, so that a
    /// Redis that hangs does not hang whoever asks.
    pub patience: Duration,
}

impl Default for RedisOptions {
    fn default() -> Self {
        Self {
            prefix: "wharf:".to_owned(),
            time_to_live: Duration::from_secs(60),
            patience: Duration::from_millis(250),
        }
    }
}

/// A cache of listings in Redis. Redis itself bounds how much is kept.
pub struct RedisListings {
    pool: RedisPool,
    random: Arc<dyn Random>,
    options: RedisOptions,
    outage: Outage,
    forgotten: AtomicU64,
}

impl RedisListings {
    /// The largest value that is kept, in bytes. A larger listing is read anew each time.
    pub const MAX_VALUE_BYTES: usize = 16 * 1024 * 1024;

    /// Generations live longer than most times to live; when one ends before its listings do, they end with it.
    const GENERATION_LIFE: Duration = Duration::from_secs(24 * 3600);

    /// Marks the generations that Redis knows, so that they differ from those of an outage.
    const SHARED: u64 = 1 << 63;

    /// A cache in the Redis at this address. Nothing is connected yet. `rediss` addresses need the
    /// process's TLS provider of rustls.
    ///
    /// # Errors
    /// [`Error::RedisUrl`].
    pub fn open(
        url: &SecretString,
        random: Arc<dyn Random>,
        options: RedisOptions,
    ) -> Result<Self, Error> {
        Ok(Self {
            pool: RedisPool::open(url, options.patience)?,
            random,
            options,
            outage: Outage::default(),
            forgotten: AtomicU64::new(0),
        })
    }

    async fn look_up(&self, key: &ListingKey) -> Result<Lookup, Failure> {
        let generation_key = self.generation_key(key.connection);
        let mut commands = pipe();
        commands
            .cmd("SET")
            .arg(&generation_key)
            .arg(&self.new_generation().0.to_be_bytes())
            .arg("NX")
            .arg("PX")
            .arg(Self::GENERATION_LIFE.as_millis())
            .ignore();
        commands.cmd("GET").arg(&generation_key);
        // One byte more than is kept: whatever is larger ends in the middle and is no listing.
        let range = commands.cmd("GETRANGE").arg(self.listing_key(key));
        range.arg(0).arg(Self::MAX_VALUE_BYTES);
        let (generation, value): (Vec<u8>, Vec<u8>) = self.ask(&commands).await?;
        let Ok(generation) = generation.try_into().map(u64::from_be_bytes) else {
            return Ok(self.unknown());
        };
        let generation = Generation(generation);
        Ok(Lookup {
            listing: stored::read(generation, &value).map(Arc::new),
            generation,
        })
    }

    /// Runs the commands, and takes note of what it says about Redis.
    async fn ask<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, Failure> {
        let answer = self.pool.ask(commands).await;
        match &answer {
            Ok(_) => self.outage.succeeded(),
            Err(failure) => self.outage.failed(failure),
        }
        answer
    }

    /// Nothing is known. The generation is one that Redis never has, and it ends with what this
    /// process forgets, so that a reading is at least not taken for one begun after a change.
    fn unknown(&self) -> Lookup {
        let forgotten = self.forgotten.load(Ordering::Relaxed);
        Lookup {
            listing: None,
            generation: Generation(forgotten & !Self::SHARED),
        }
    }

    fn new_generation(&self) -> Generation {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        Generation(u64::from_be_bytes(bytes) | Self::SHARED)
    }

    fn generation_key(&self, connection: ConnectionId) -> String {
        format!("{}generation:{connection}", self.options.prefix)
    }

    fn listing_key(&self, key: &ListingKey) -> String {
        let ListingKey {
            owner,
            connection,
            folder,
        } = key;
        let prefix = &self.options.prefix;
        format!("{prefix}listing:{owner}:{connection}:{folder}")
    }
}

impl fmt::Debug for RedisListings {
    /// The address may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisListings")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Listings for RedisListings {
    async fn get(&self, key: &ListingKey) -> Lookup {
        let known = self.look_up(key).await;
        known.unwrap_or_else(|_| self.unknown())
    }

    async fn put(&self, key: ListingKey, generation: Generation, listing: Arc<Listing>) {
        let life = self.options.time_to_live.as_millis();
        if generation.0 & Self::SHARED == 0 || life == 0 {
            return;
        }
        let Ok(value) = stored::write(generation, &listing) else {
            return;
        };
        if value.len() > Self::MAX_VALUE_BYTES {
            return;
        }
        let mut commands = pipe();
        let set = commands.cmd("SET").arg(self.listing_key(&key)).arg(value);
        set.arg("PX").arg(life).ignore();
        // A failure has been noted; the listing is read again next time.
        let _: Result<(), Failure> = self.ask(&commands).await;
    }

    async fn forget(&self, connection: ConnectionId) {
        self.forgotten.fetch_add(1, Ordering::Relaxed);
        let mut commands = pipe();
        commands
            .cmd("SET")
            .arg(self.generation_key(connection))
            .arg(&self.new_generation().0.to_be_bytes())
            .arg("PX")
            .arg(Self::GENERATION_LIFE.as_millis())
            .ignore();
        // A failure has been noted; what is not forgotten now ends with its time to live.
        let _: Result<(), Failure> = self.ask(&commands).await;
    }
}

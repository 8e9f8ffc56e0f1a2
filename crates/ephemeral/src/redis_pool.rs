//! A pool of connections to Redis in which no call takes longer than it may. It knows no key.

use std::fmt;
use std::time::Duration;

use deadpool_redis::redis::{AsyncConnectionConfig, FromRedisValue, Pipeline, RedisError};
use deadpool_redis::{Manager, Pool, PoolError};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Error;

/// A call that gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("no answer in time")]
    TimedOut,
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Redis(#[from] RedisError),
}

/// Connections to one Redis.
#[derive(Clone)]
pub(crate) struct RedisPool {
    pool: Pool,
    patience: Duration,
}

impl RedisPool {
    const MAX_CONNECTIONS: usize = 16;

    /// Nothing is connected yet. `rediss` addresses need the process's TLS provider of rustls.
    pub(crate) fn open(url: &SecretString, patience: Duration) -> Result<Self, Error> {
        let timeouts = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(patience))
            .set_response_timeout(Some(patience));
        let manager = Manager::new_with_config(url.expose_secret(), timeouts);
        let pool = Pool::builder(manager.map_err(|_| Error::RedisUrl)?)
            .max_size(Self::MAX_CONNECTIONS)
            .build()
            .map_err(|_| Error::RedisUrl)?;
        Ok(Self { pool, patience })
    }

    /// Runs the commands; the time for it is bounded, whatever Redis does.
    pub(crate) async fn ask<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, Failure> {
        let asking = async {
            let mut connection = self.pool.get().await?;
            Ok(commands.query_async(&mut connection).await?)
        };
        let answer = tokio::time::timeout(self.patience, asking);
        answer.await.unwrap_or(Err(Failure::TimedOut))
    }
}

impl fmt::Debug for RedisPool {
    /// The address may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisPool")
    }
}

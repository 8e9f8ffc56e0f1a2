//! Figures about the whole, for operators: how busy the pool is, and how many rows there are of a kind.
//!
//! These are the only queries that name no owner, and they tell nothing but numbers.

use diesel::dsl::count_star;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::time::Timestamp;

use crate::conn::with_conn;
use crate::database::{Database, Pool};
use crate::error::query_failed;
use crate::schema::{connections, erasures, outbox};
use crate::sql_types::UnixMicros;

/// How busy the pool of connections is at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections that are lent.
    pub in_use: usize,
    /// Connections that are open and not lent.
    pub idle: usize,
    /// Callers who wait for one.
    pub waiting: usize,
}

/// How many live connections there are of one provider in one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionCount {
    /// The provider's stable name.
    pub provider: String,
    /// The status's stable name.
    pub status: String,
    /// How many.
    pub count: u64,
}

/// What stands in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCount {
    /// Steps that are still to be done.
    pub waiting: u64,
    /// When the oldest of them was left behind.
    pub oldest: Option<Timestamp>,
    /// Steps that were given up.
    pub given_up: u64,
}

/// How many erasures there are that have not ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasureCount {
    /// All of them.
    pub running: u64,
    /// Those whose deadline is over, which must not be.
    pub overdue: u64,
}

impl Database {
    /// How busy the pool is. It asks nobody.
    pub fn pool_status(&self) -> PoolStatus {
        let status = match self.pool() {
            Pool::Sqlite { connections, .. } => connections.status(),
            Pool::Postgres { connections, .. } => connections.status(),
        };
        PoolStatus {
            in_use: status.size.saturating_sub(status.available),
            idle: status.available,
            waiting: status.waiting,
        }
    }

    /// How many live connections there are, by provider and status.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`].
    pub async fn count_connections(&self) -> Result<Vec<ConnectionCount>, RepositoryError> {
        let mut conn = self.acquire().await?;
        let live = connections::table
            .filter(connections::credential.is_not_null())
            .group_by((connections::provider, connections::status))
            .select((connections::provider, connections::status, count_star()));
        let rows: Vec<(String, String, i64)> =
            with_conn!(&mut conn, |conn| live.load(conn).await).map_err(query_failed)?;
        let counts = rows
            .into_iter()
            .map(|(provider, status, count)| ConnectionCount {
                provider,
                status,
                count: count.unsigned_abs(),
            });
        Ok(counts.collect())
    }

    /// What stands in the outbox.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`].
    pub async fn count_steps(&self) -> Result<OutboxCount, RepositoryError> {
        let mut conn = self.acquire().await?;
        let waiting = outbox::table.filter(outbox::given_up_at.is_null());
        let given_up = outbox::table.filter(outbox::given_up_at.is_not_null());
        let oldest = waiting.order(outbox::created_at).select(outbox::created_at);
        let (waiting, given_up) = (waiting.count(), given_up.count());
        let waiting: i64 =
            with_conn!(&mut conn, |conn| waiting.get_result(conn).await).map_err(query_failed)?;
        let given_up: i64 =
            with_conn!(&mut conn, |conn| given_up.get_result(conn).await).map_err(query_failed)?;
        let oldest: Option<UnixMicros> =
            with_conn!(&mut conn, |conn| oldest.first(conn).await.optional())
                .map_err(query_failed)?;
        Ok(OutboxCount {
            waiting: waiting.unsigned_abs(),
            oldest: oldest.map(Timestamp::from),
            given_up: given_up.unsigned_abs(),
        })
    }

    /// How many erasures there are that have not ended by `now`.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`].
    pub async fn count_erasures(&self, now: Timestamp) -> Result<ErasureCount, RepositoryError> {
        let mut conn = self.acquire().await?;
        let running = erasures::table.filter(erasures::ended_at.is_null());
        let overdue = running.filter(erasures::deadline.lt(UnixMicros::from(now)));
        let (running, overdue) = (running.count(), overdue.count());
        let running: i64 =
            with_conn!(&mut conn, |conn| running.get_result(conn).await).map_err(query_failed)?;
        let overdue: i64 =
            with_conn!(&mut conn, |conn| overdue.get_result(conn).await).map_err(query_failed)?;
        Ok(ErasureCount {
            running: running.unsigned_abs(),
            overdue: overdue.unsigned_abs(),
        })
    }
}

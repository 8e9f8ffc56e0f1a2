//! The claims by which refreshes exclude each other: columns of the connections.

use std::time::Duration;

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    QueryResult, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::connection::{Connection, ConnectionStatus, SealedCredential};
use wharf_domain::event::Event;
use wharf_domain::ports::refreshes::{IdlePosition, Presented, RefreshClaim, Refreshes};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;

use crate::conn::{Conn, with_conn};
use crate::connections::{ConnectionRow, REFUSED};
use crate::database::Database;
use crate::error::query_failed;
use crate::schema::connections;
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

/// The connection's row as long as its credential is this one and was not refused.
macro_rules! unchanged {
    ($id:expr, $owner:expr, $version:expr) => {
        connections::table
            .filter(connections::id.eq(IdBytes::from($id)))
            .filter(connections::owner_id.eq(IdBytes::from($owner)))
            .filter(connections::credential.is_not_null())
            .filter(connections::credential_version.eq(i64::from($version)))
            .filter(connections::status.ne(REFUSED))
    };
}

/// The connection's row as long as this claim is the latest (fencing).
macro_rules! held {
    ($claim:expr) => {
        unchanged!($claim.connection, $claim.owner, $claim.credential_version)
            .filter(connections::refresh_epoch.eq(epoch_column($claim.epoch)))
    };
}

#[async_trait]
impl Refreshes for Database {
    async fn claim(
        &self,
        connection: &Connection,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<RefreshClaim>, RepositoryError> {
        let mut transaction = self.begin().await?;
        let taken = take(transaction.conn(), connection, now, lease).await;
        let taken = transaction.conclude(taken, &[]).await?;
        let claim = taken.map(|(epoch, claimed_at)| {
            Ok(RefreshClaim {
                owner: connection.owner,
                connection: connection.id,
                credential_version: connection.credential_version,
                epoch: u64::try_from(epoch).map_err(|_| broken_epoch(connection))?,
                follows_unresolved: claimed_at.is_some(),
            })
        });
        claim.transpose()
    }

    async fn commit(
        &self,
        claim: &RefreshClaim,
        credential: &SealedCredential,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let (held, next) = (held!(claim), i64::from(claim.credential_version) + 1);
        let committed = with_conn!(transaction.conn(), |conn| diesel::update(held)
            .set((
                connections::credential.eq(Some(&credential.0)),
                connections::credential_version.eq(next),
                connections::credential_renewed_at.eq(UnixMicros::from(now)),
                connections::refresh_lease_until.eq(None::<UnixMicros>),
                connections::refresh_claimed_at.eq(None::<UnixMicros>),
            ))
            .execute(conn)
            .await);
        let saved = transaction.conclude(committed.map(changed), &[]).await?;
        Ok(saved.is_some())
    }

    async fn release(
        &self,
        claim: &RefreshClaim,
        presented: Presented,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let released = release(transaction.conn(), claim, presented).await;
        let saved = transaction.conclude(released.map(changed), &[]).await?;
        Ok(saved.is_some())
    }

    async fn refuse(
        &self,
        claim: &RefreshClaim,
        status: ConnectionStatus,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let held = held!(claim);
        let refused = with_conn!(transaction.conn(), |conn| diesel::update(held)
            .set((
                connections::status.eq(status.state.as_str()),
                connections::status_reason.eq(status.state.reason()),
                connections::status_since.eq(UnixMicros::from(status.since)),
                connections::refresh_lease_until.eq(None::<UnixMicros>),
                connections::refresh_claimed_at.eq(None::<UnixMicros>),
            ))
            .execute(conn)
            .await);
        let saved = transaction.conclude(refused.map(changed), events).await?;
        Ok(saved.is_some())
    }

    async fn idle(
        &self,
        provider: Provider,
        renewed_before: Timestamp,
        after: Option<IdlePosition>,
        limit: usize,
    ) -> Result<Vec<Connection>, RepositoryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (since, id) = match after {
            Some((since, id)) => (since, IdBytes::from(id)),
            None => (Timestamp::from_unix_micros(0), IdBytes::LOWEST),
        };
        let since = UnixMicros::from(since);
        let behind =
            connections::credential_renewed_at
                .gt(since)
                .or(connections::credential_renewed_at
                    .eq(since)
                    .and(connections::id.gt(id)));
        let rows: Vec<ConnectionRow> =
            with_conn!(&mut self.acquire().await?, |conn| connections::table
                .filter(connections::provider.eq(provider.as_str()))
                .filter(connections::credential.is_not_null())
                .filter(connections::status.ne(REFUSED))
                .filter(connections::credential_renewed_at.lt(UnixMicros::from(renewed_before)))
                .filter(behind)
                .order((connections::credential_renewed_at, connections::id))
                .limit(limit)
                .select(ConnectionRow::as_select())
                .load(conn)
                .await)
            .map_err(query_failed)?;
        rows.into_iter().map(Connection::try_from).collect()
    }
}

/// Takes the claim: its epoch, and when the claim before it was made if that one is unresolved. The
/// first statement locks the row, so that the second sees it as it was found.
async fn take(
    conn: &mut Conn,
    connection: &Connection,
    now: Timestamp,
    lease: Duration,
) -> QueryResult<Option<(i64, Option<UnixMicros>)>> {
    let Connection {
        id,
        owner,
        credential_version,
        ..
    } = *connection;
    let until = UnixMicros::from(now.plus(lease));
    let absurd = UnixMicros::from(now.plus(lease * 2));
    let now = UnixMicros::from(now);
    let free = connections::refresh_lease_until
        .is_null()
        .or(connections::refresh_lease_until.le(now))
        .or(connections::refresh_lease_until.gt(absurd));
    let unclaimed = unchanged!(id, owner, credential_version).filter(free);
    let taken: Option<(i64, Option<UnixMicros>)> =
        with_conn!(conn, |conn| diesel::update(unclaimed)
            .set((
                connections::refresh_epoch.eq(connections::refresh_epoch + 1),
                connections::refresh_lease_until.eq(Some(until)),
            ))
            .returning((connections::refresh_epoch, connections::refresh_claimed_at))
            .get_result(conn)
            .await)
        .optional()?;
    if taken.is_some() {
        with_conn!(conn, |conn| diesel::update(
            connections::table.find(IdBytes::from(id))
        )
        .set(connections::refresh_claimed_at.eq(Some(now)))
        .execute(conn)
        .await)?;
    }
    Ok(taken)
}

/// Ends the claim; gives how many rows held it.
async fn release(
    conn: &mut Conn,
    claim: &RefreshClaim,
    presented: Presented,
) -> QueryResult<usize> {
    let held = held!(claim);
    let free = connections::refresh_lease_until.eq(None::<UnixMicros>);
    if presented == Presented::Perhaps || claim.follows_unresolved {
        return with_conn!(conn, |conn| diesel::update(held)
            .set(free)
            .execute(conn)
            .await);
    }
    with_conn!(conn, |conn| diesel::update(held)
        .set((free, connections::refresh_claimed_at.eq(None::<UnixMicros>)))
        .execute(conn)
        .await)
}

/// Epochs count from nothing and never come near the end of the column.
fn epoch_column(epoch: u64) -> i64 {
    i64::try_from(epoch).unwrap_or(i64::MAX)
}

fn broken_epoch(connection: &Connection) -> RepositoryError {
    RepositoryError::Inconsistent {
        table: "connections",
        column: "refresh_epoch",
        row: connection.id.to_string(),
    }
}

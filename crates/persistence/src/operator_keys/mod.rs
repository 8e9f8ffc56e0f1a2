//! What the database knows of the operator's keys: the rows wrapped by them, what is remembered of each, and
//! whose turn it is to change them.

mod holders;

use std::time::Duration;

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::event::Event;
use wharf_domain::id::TurnId;
use wharf_domain::operator_key::{Holder, KnownKey, OperatorKeyId, WrappedRow};
use wharf_domain::ports::operator_keys::{OperatorKeys, Retired, Rewrapped};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::time::Timestamp;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::error::query_failed;
use crate::schema::{operator_keys, turns};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

/// The turn that is taken here.
const TURN: &str = "operator_keys";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = operator_keys, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
struct KeyRow {
    id: IdBytes,
    canary: Vec<u8>,
    created_at: UnixMicros,
    promoted_at: Option<UnixMicros>,
    retired_at: Option<UnixMicros>,
}

impl From<&KnownKey> for KeyRow {
    fn from(key: &KnownKey) -> Self {
        Self {
            id: IdBytes(key.id.0),
            canary: key.canary.clone(),
            created_at: key.created_at.into(),
            promoted_at: key.promoted_at.map(UnixMicros::from),
            retired_at: key.retired_at.map(UnixMicros::from),
        }
    }
}

impl From<KeyRow> for KnownKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: OperatorKeyId(row.id.0),
            canary: row.canary,
            created_at: row.created_at.into(),
            promoted_at: row.promoted_at.map(Timestamp::from),
            retired_at: row.retired_at.map(Timestamp::from),
        }
    }
}

#[async_trait]
impl OperatorKeys for Database {
    async fn in_use(&self) -> Result<Vec<OperatorKeyId>, RepositoryError> {
        let mut conn = self.acquire().await?;
        let (mut ids, mut last) = (Vec::new(), None::<Vec<u8>>);
        // There are few keys and many rows: the index is asked for one key after the other.
        while let Some(next) = holders::next_key(&mut conn, last.as_deref())
            .await
            .map_err(query_failed)?
        {
            ids.extend(next.as_slice().try_into().ok().map(OperatorKeyId));
            last = Some(next);
        }
        Ok(ids)
    }

    async fn count_wrapped_by(&self, key: OperatorKeyId) -> Result<u64, RepositoryError> {
        let mut conn = self.acquire().await?;
        holders::count(&mut conn, key).await.map_err(query_failed)
    }

    async fn wrapped_by(
        &self,
        key: OperatorKeyId,
        after: Option<Holder>,
        limit: usize,
    ) -> Result<Vec<WrappedRow>, RepositoryError> {
        let mut conn = self.acquire().await?;
        let page = holders::page(&mut conn, key, after, limit).await;
        page.map_err(query_failed)
    }

    async fn rewrap(&self, rows: &[Rewrapped]) -> Result<u64, RepositoryError> {
        let mut transaction = self.begin().await?;
        let replaced = replace_all(transaction.conn(), rows).await;
        let replaced = transaction.conclude(replaced.map(Some), &[]).await?;
        Ok(replaced.unwrap_or_default())
    }

    async fn known(&self) -> Result<Vec<KnownKey>, RepositoryError> {
        let rows: Vec<KeyRow> = with_conn!(&mut self.acquire().await?, |conn| operator_keys::table
            .order(operator_keys::id)
            .select(KeyRow::as_select())
            .load(conn)
            .await)
        .map_err(query_failed)?;
        Ok(rows.into_iter().map(KnownKey::from).collect())
    }

    async fn remember(&self, key: &KnownKey) -> Result<(), RepositoryError> {
        let row = KeyRow::from(key);
        let mut transaction = self.begin().await?;
        let inserted = with_conn!(transaction.conn(), |conn| diesel::insert_into(
            operator_keys::table
        )
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await);
        transaction.conclude(inserted.map(changed), &[]).await?;
        Ok(())
    }

    async fn promoted(
        &self,
        key: OperatorKeyId,
        now: Timestamp,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let not_yet = operator_keys::table
            .filter(operator_keys::id.eq(IdBytes(key.0)))
            .filter(operator_keys::promoted_at.is_null());
        let promoted = with_conn!(transaction.conn(), |conn| diesel::update(not_yet)
            .set(operator_keys::promoted_at.eq(Some(UnixMicros::from(now))))
            .execute(conn)
            .await);
        let saved = transaction.conclude(promoted.map(changed), events).await?;
        Ok(saved.is_some())
    }

    async fn retire(
        &self,
        key: OperatorKeyId,
        now: Timestamp,
        events: &[Event],
    ) -> Result<Retired, RepositoryError> {
        let mut transaction = self.begin().await?;
        let retired = retire_unless_needed(transaction.conn(), key, now).await;
        let outcome = retired.as_ref().map_or(Retired::Already, |it| *it);
        let done = retired.map(|retired| (retired == Retired::Done).then_some(()));
        transaction.conclude(done, events).await?;
        Ok(outcome)
    }

    async fn take_turn(
        &self,
        turn: TurnId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let taken = take(transaction.conn(), turn.into(), now, lease).await;
        let saved = transaction.conclude(taken.map(changed), &[]).await?;
        Ok(saved.is_some())
    }

    async fn end_turn(&self, turn: TurnId) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let held = turns::table
            .filter(turns::name.eq(TURN))
            .filter(turns::holder.eq(IdBytes::from(turn)));
        let ended = with_conn!(transaction.conn(), |conn| diesel::delete(held)
            .execute(conn)
            .await);
        transaction.conclude(ended.map(changed), &[]).await?;
        Ok(())
    }
}

async fn replace_all(conn: &mut Conn, rows: &[Rewrapped]) -> QueryResult<u64> {
    let mut replaced = 0;
    for row in rows {
        replaced += holders::replace(conn, row).await? as u64;
    }
    Ok(replaced)
}

async fn retire_unless_needed(
    conn: &mut Conn,
    key: OperatorKeyId,
    now: Timestamp,
) -> QueryResult<Retired> {
    let needed = holders::count(conn, key).await?;
    if needed > 0 {
        return Ok(Retired::Needed(needed));
    }
    let not_yet = operator_keys::table
        .filter(operator_keys::id.eq(IdBytes(key.0)))
        .filter(operator_keys::retired_at.is_null());
    let rows = with_conn!(conn, |conn| diesel::update(not_yet)
        .set(operator_keys::retired_at.eq(Some(UnixMicros::from(now))))
        .execute(conn)
        .await)?;
    Ok(match changed(rows) {
        Some(()) => Retired::Done,
        None => Retired::Already,
    })
}

/// The turn goes to whoever has it, or to anybody if it is over; gives how many rows say so.
async fn take(
    conn: &mut Conn,
    holder: IdBytes,
    now: Timestamp,
    lease: Duration,
) -> QueryResult<usize> {
    let ends_at = UnixMicros::from(now.plus(lease));
    let absurd = UnixMicros::from(now.plus(lease * 2));
    let first = (
        turns::name.eq(TURN),
        turns::holder.eq(holder),
        turns::ends_at.eq(ends_at),
    );
    let rows = with_conn!(&mut *conn, |conn| diesel::insert_into(turns::table)
        .values(first)
        .on_conflict_do_nothing()
        .execute(conn)
        .await)?;
    if rows > 0 {
        return Ok(rows);
    }
    let free = turns::holder
        .eq(holder)
        .or(turns::ends_at.le(UnixMicros::from(now)))
        .or(turns::ends_at.gt(absurd));
    let theirs = turns::table.filter(turns::name.eq(TURN)).filter(free);
    with_conn!(conn, |conn| diesel::update(theirs)
        .set((turns::holder.eq(holder), turns::ends_at.eq(ends_at)))
        .execute(conn)
        .await)
}

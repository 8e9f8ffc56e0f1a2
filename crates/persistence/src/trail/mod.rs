//! The audit trail: events that wait, links that follow one another, checkpoints, and whose term it is.

mod listing;
mod rows;

use std::time::Duration;

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    QueryResult, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::trail::{ListedAt, Standing, Term, Trail, TrailFilter};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{Checkpoint, Link, TrailEvent};

use self::rows::{CheckpointRow, WaitingRow, number, read_head};

pub(crate) use self::rows::LinkRow;
use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::dialect;
use crate::error::query_failed;
use crate::schema::{audit_checkpoints, audit_events, audit_sequencer, audit_trail};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

/// So many links are inserted at once: a statement of PostgreSQL's takes 65,535 values.
const ROWS_AT_ONCE: usize = 500;

#[async_trait]
impl Trail for Database {
    async fn begin_term(
        &self,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Term>, RepositoryError> {
        let until = UnixMicros::from(now.plus(lease));
        let absurd = UnixMicros::from(now.plus(lease * 2));
        let free = audit_sequencer::leased_until
            .le(UnixMicros::from(now))
            .or(audit_sequencer::leased_until.gt(absurd));
        let mut transaction = self.begin().await?;
        let begun: QueryResult<Option<i64>> =
            with_conn!(transaction.conn(), |conn| diesel::update(
                audit_sequencer::table.filter(free)
            )
            .set((
                audit_sequencer::term.eq(audit_sequencer::term + 1),
                audit_sequencer::leased_until.eq(until),
            ))
            .returning(audit_sequencer::term)
            .get_result(conn)
            .await
            .optional());
        let begun = transaction.conclude(begun, &[]).await?;
        Ok(begun.map(|term| Term(term.unsigned_abs())))
    }

    async fn end_term(&self, term: Term, now: Timestamp) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let ended = extend(transaction.conn(), term, now).await;
        transaction.conclude(ended, &[]).await?;
        Ok(())
    }

    async fn standing(&self) -> Result<Standing, RepositoryError> {
        let mut conn = self.acquire().await?;
        let head = head(&mut conn).await.map_err(query_failed)?;
        let last: Option<CheckpointRow> = with_conn!(&mut conn, |conn| audit_checkpoints::table
            .order(audit_checkpoints::position.desc())
            .select(CheckpointRow::as_select())
            .first(conn)
            .await)
        .optional()
        .map_err(query_failed)?;
        Ok(Standing {
            head: read_head(head)?,
            checkpoint: last.map(Checkpoint::try_from).transpose()?,
        })
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<TrailEvent>, RepositoryError> {
        let mut conn = self.acquire().await?;
        let (mut unplaced, mut after) = (Vec::new(), 0);
        loop {
            let rows = waiting_behind(&mut conn, after, limit).await;
            let rows = rows.map_err(query_failed)?;
            let Some(last) = rows.last() else {
                break;
            };
            after = last.seq;
            let is_last = rows.len() < limit;
            let placed = placed(&mut conn, &rows).await.map_err(query_failed)?;
            unplaced.extend(rows.into_iter().filter(|row| !placed.contains(&row.id)));
            if is_last || unplaced.len() >= limit {
                break;
            }
        }
        unplaced.truncate(limit);
        Ok(unplaced.into_iter().map(TrailEvent::from).collect())
    }

    async fn count_waiting(&self) -> Result<u64, RepositoryError> {
        let count: i64 = with_conn!(&mut self.acquire().await?, |conn| audit_events::table
            .count()
            .get_result(conn)
            .await)
        .map_err(query_failed)?;
        Ok(count.unsigned_abs())
    }

    async fn append(
        &self,
        term: Term,
        links: &[Link],
        lease_ends: Timestamp,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let appended = append(transaction.conn(), term, links, lease_ends).await;
        Ok(transaction.conclude(appended, &[]).await?.is_some())
    }

    async fn add_checkpoint(
        &self,
        term: Term,
        checkpoint: &Checkpoint,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let added = add_checkpoint(transaction.conn(), term, checkpoint).await;
        Ok(transaction.conclude(added, &[]).await?.is_some())
    }

    async fn links(&self, after: u64, limit: usize) -> Result<Vec<Link>, RepositoryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<LinkRow> = with_conn!(&mut self.acquire().await?, |conn| audit_trail::table
            .filter(audit_trail::position.gt(number(after)))
            .order(audit_trail::position)
            .limit(limit)
            .select(LinkRow::as_select())
            .load(conn)
            .await)
        .map_err(query_failed)?;
        rows.into_iter().map(Link::try_from).collect()
    }

    async fn checkpoints(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Checkpoint>, RepositoryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<CheckpointRow> =
            with_conn!(&mut self.acquire().await?, |conn| audit_checkpoints::table
                .filter(audit_checkpoints::position.gt(number(after)))
                .order(audit_checkpoints::position)
                .limit(limit)
                .select(CheckpointRow::as_select())
                .load(conn)
                .await)
            .map_err(query_failed)?;
        rows.into_iter().map(Checkpoint::try_from).collect()
    }

    async fn list(
        &self,
        filter: &TrailFilter,
        before: Option<ListedAt>,
        limit: usize,
    ) -> Result<Vec<Link>, RepositoryError> {
        let rows = listing::load(&mut self.acquire().await?, filter, before, limit).await;
        let rows = rows.map_err(query_failed)?;
        rows.into_iter().map(Link::try_from).collect()
    }
}

async fn waiting_behind(conn: &mut Conn, after: i64, limit: usize) -> QueryResult<Vec<WaitingRow>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    with_conn!(conn, |conn| audit_events::table
        .filter(audit_events::seq.gt(after))
        .order(audit_events::seq)
        .limit(limit)
        .select(WaitingRow::as_select())
        .load(conn)
        .await)
}

/// Those of the waiting events that have a place: somebody else put them there. They stay where they are,
/// and are counted. It is a query of its own, because a planner that takes the table for a large one would
/// compare it with the whole trail at once.
async fn placed(conn: &mut Conn, rows: &[WaitingRow]) -> QueryResult<Vec<IdBytes>> {
    let ids: Vec<IdBytes> = rows.iter().map(|row| row.id).collect();
    with_conn!(conn, |conn| audit_trail::table
        .filter(audit_trail::id.eq_any(ids))
        .select(audit_trail::id)
        .load(conn)
        .await)
}

async fn head(conn: &mut Conn) -> QueryResult<Option<(i64, Vec<u8>)>> {
    with_conn!(conn, |conn| audit_trail::table
        .order(audit_trail::position.desc())
        .select((audit_trail::position, audit_trail::hash))
        .first(conn)
        .await)
    .optional()
}

/// Lets a term last until then, if it is that term still.
async fn extend(conn: &mut Conn, term: Term, until: Timestamp) -> QueryResult<Option<()>> {
    let mine = audit_sequencer::table.filter(audit_sequencer::term.eq(number(term.0)));
    let rows = with_conn!(conn, |conn| diesel::update(mine)
        .set(audit_sequencer::leased_until.eq(UnixMicros::from(until)))
        .execute(conn)
        .await)?;
    Ok(changed(rows))
}

async fn append(
    conn: &mut Conn,
    term: Term,
    links: &[Link],
    lease_ends: Timestamp,
) -> QueryResult<Option<()>> {
    if !dialect::hold_term(conn, number(term.0)).await? {
        return Ok(None);
    }
    let head = head(conn).await?.map_or(0, |(position, _)| position);
    if links.first().map(|link| number(link.position)) != Some(head + 1) {
        return Ok(None);
    }
    for links in links.chunks(ROWS_AT_ONCE) {
        let rows: Vec<LinkRow> = links.iter().map(LinkRow::from).collect();
        dialect::insert_links(conn, rows).await?;
        let ids: Vec<IdBytes> = links.iter().map(|link| link.event.id.into()).collect();
        with_conn!(conn, |conn| diesel::delete(
            audit_events::table.filter(audit_events::id.eq_any(ids))
        )
        .execute(conn)
        .await)?;
    }
    extend(conn, term, lease_ends).await
}

async fn add_checkpoint(
    conn: &mut Conn,
    term: Term,
    checkpoint: &Checkpoint,
) -> QueryResult<Option<()>> {
    if !dialect::hold_term(conn, number(term.0)).await? {
        return Ok(None);
    }
    let last: Option<i64> = with_conn!(conn, |conn| audit_checkpoints::table
        .order(audit_checkpoints::position.desc())
        .select(audit_checkpoints::position)
        .first(conn)
        .await)
    .optional()?;
    if last >= Some(number(checkpoint.head.position)) {
        return Ok(None);
    }
    let row = CheckpointRow::from(checkpoint);
    let inserted = with_conn!(conn, |conn| diesel::insert_into(audit_checkpoints::table)
        .values(row)
        .execute(conn)
        .await)?;
    Ok(changed(inserted))
}

//! How far an erasure has come, and noting it down.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::erasure::{
    DocumentEnd, Erasure, ErasurePart, ErasureReport, GrantEnd, LeftBehind, PartReport,
};
use wharf_domain::event::Event;
use wharf_domain::id::DocumentId;
use wharf_domain::ports::erasures::EndEvents;
use wharf_domain::ports::repository::RepositoryError;

use super::rows::{ErasureRow, PartRow};
use crate::conn::{Conn, with_conn};
use crate::dialect;
use crate::error::query_failed;
use crate::schema::{erasure_credentials, erasure_documents, erasure_parts, erasures};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

/// How far an erasure has come.
pub(super) async fn report(
    conn: &mut Conn,
    id: IdBytes,
) -> Result<Option<ErasureReport>, RepositoryError> {
    let erasure: Option<ErasureRow> = with_conn!(conn, |conn| erasures::table
        .find(id)
        .select(ErasureRow::as_select())
        .first(conn)
        .await)
    .optional()
    .map_err(query_failed)?;
    let Some(erasure) = erasure else {
        return Ok(None);
    };
    let parts: Vec<PartRow> = with_conn!(conn, |conn| erasure_parts::table
        .filter(erasure_parts::erasure_id.eq(id))
        .order((erasure_parts::provider.is_not_null(), erasure_parts::id))
        .select(PartRow::as_select())
        .load(conn)
        .await)
    .map_err(query_failed)?;
    let counts: Vec<(IdBytes, Option<String>, i64)> =
        with_conn!(conn, |conn| erasure_documents::table
            .inner_join(erasure_parts::table)
            .filter(erasure_parts::erasure_id.eq(id))
            .group_by((erasure_documents::part_id, erasure_documents::left_behind))
            .select((
                erasure_documents::part_id,
                erasure_documents::left_behind,
                count_star()
            ))
            .load(conn)
            .await)
        .map_err(query_failed)?;
    let parts = parts.into_iter().map(|row| of_part(row, &counts));
    Ok(Some(ErasureReport {
        erasure: Erasure::from(erasure),
        parts: parts.collect::<Result<_, _>>()?,
    }))
}

fn of_part(
    row: PartRow,
    counts: &[(IdBytes, Option<String>, i64)],
) -> Result<PartReport, RepositoryError> {
    let id = row.id;
    let mut waiting = 0;
    let mut left = BTreeMap::new();
    for (_, why, count) in counts.iter().filter(|(part, ..)| *part == id) {
        let Some(name) = why else {
            waiting = count.unsigned_abs();
            continue;
        };
        let why = LeftBehind::from_name(name).ok_or_else(|| RepositoryError::Inconsistent {
            table: "erasure_documents",
            column: "left_behind",
            row: id.to_string(),
        })?;
        left.insert(why, count.unsigned_abs());
    }
    Ok(PartReport {
        part: ErasurePart::try_from(row)?,
        waiting,
        left: left.into_iter().collect(),
    })
}

/// Notes what became of documents; the events of those that were not noted before.
pub(super) async fn note(
    conn: &mut Conn,
    part: IdBytes,
    ends: &[(DocumentId, DocumentEnd, Option<Event>)],
) -> QueryResult<Vec<Event>> {
    let mut events = Vec::new();
    let (mut deleted, mut trashed, mut missing) = (0, 0, 0);
    for (id, end, event) in ends {
        if note_one(conn, part, (*id).into(), *end).await?.is_none() {
            continue;
        }
        events.extend(event.clone());
        match end {
            DocumentEnd::Deleted => deleted += 1,
            DocumentEnd::Trashed => trashed += 1,
            DocumentEnd::Missing => missing += 1,
            DocumentEnd::Left(_) => {}
        }
    }
    with_conn!(conn, |conn| diesel::update(erasure_parts::table.find(part))
        .set((
            erasure_parts::deleted.eq(erasure_parts::deleted + deleted),
            erasure_parts::trashed.eq(erasure_parts::trashed + trashed),
            erasure_parts::missing.eq(erasure_parts::missing + missing),
        ))
        .execute(conn)
        .await)?;
    Ok(events)
}

/// What a document's row is once it is given up: nothing of it says any more where it lies.
macro_rules! abandoned {
    ($why:expr) => {
        (
            erasure_documents::item_id.eq(None::<String>),
            erasure_documents::size_bytes.eq(None::<i64>),
            erasure_documents::etag.eq(None::<String>),
            erasure_documents::modified_at.eq(None::<UnixMicros>),
            erasure_documents::left_behind.eq(Some($why.as_str())),
        )
    };
}

async fn note_one(
    conn: &mut Conn,
    part: IdBytes,
    id: IdBytes,
    end: DocumentEnd,
) -> QueryResult<Option<()>> {
    let waiting = erasure_documents::table
        .filter(erasure_documents::id.eq(id))
        .filter(erasure_documents::part_id.eq(part))
        .filter(erasure_documents::left_behind.is_null());
    let rows = match end {
        DocumentEnd::Left(why) => with_conn!(conn, |conn| diesel::update(waiting)
            .set(abandoned!(why))
            .execute(conn)
            .await)?,
        DocumentEnd::Deleted | DocumentEnd::Trashed | DocumentEnd::Missing => {
            with_conn!(conn, |conn| diesel::delete(waiting).execute(conn).await)?
        }
    };
    Ok(changed(rows))
}

/// Gives up all documents of a part that are still to be deleted; how many there were.
pub(super) async fn leave(conn: &mut Conn, part: IdBytes, why: LeftBehind) -> QueryResult<u64> {
    let waiting = erasure_documents::table
        .filter(erasure_documents::part_id.eq(part))
        .filter(erasure_documents::left_behind.is_null());
    let rows = with_conn!(conn, |conn| diesel::update(waiting)
        .set(abandoned!(why))
        .execute(conn)
        .await)?;
    Ok(rows as u64)
}

/// What the end of a part was the end of, too.
pub(super) struct Ends {
    /// The erasure's last credential.
    purged: bool,
    /// The erasure.
    erased: bool,
}

impl Ends {
    /// The events that apply.
    pub(super) fn events(&self, events: EndEvents<'_>) -> Vec<Event> {
        let purged = self.purged.then(|| events.purged.clone());
        let erased = self.erased.then(|| events.erased.clone());
        purged.into_iter().chain(erased).collect()
    }
}

/// `None` if the part has ended already, or never was.
pub(super) async fn end_part(
    conn: &mut Conn,
    part: IdBytes,
    grant: Option<GrantEnd>,
    now: UnixMicros,
) -> QueryResult<Option<Ends>> {
    let id: Option<IdBytes> = with_conn!(conn, |conn| erasure_parts::table
        .find(part)
        .filter(erasure_parts::ended_at.is_null())
        .select(erasure_parts::erasure_id)
        .first(conn)
        .await)
    .optional()?;
    let Some(id) = id else {
        return Ok(None);
    };
    let Some(erasure) = dialect::hold_erasure(conn, id).await? else {
        return Ok(None);
    };
    let ended = with_conn!(conn, |conn| diesel::update(erasure_parts::table.find(part))
        .filter(erasure_parts::ended_at.is_null())
        .set((
            erasure_parts::ended_at.eq(Some(now)),
            erasure_parts::account_key.eq(None::<String>),
            erasure_parts::grant_end.eq(grant.map(GrantEnd::as_str)),
        ))
        .execute(conn)
        .await)?;
    if ended == 0 {
        return Ok(None);
    }
    with_conn!(conn, |conn| diesel::delete(
        erasure_credentials::table.find(part)
    )
    .execute(conn)
    .await)?;
    Ok(Some(Ends {
        purged: erasure.purge_key.is_some() && destroy_spent_key(conn, id).await?,
        erased: erasure.recorded_at.is_some() && end_if_done(conn, id, now).await?,
    }))
}

/// Destroys the purge key if nothing is sealed under it any more (K-08).
async fn destroy_spent_key(conn: &mut Conn, id: IdBytes) -> QueryResult<bool> {
    let left: i64 = with_conn!(conn, |conn| erasure_credentials::table
        .inner_join(erasure_parts::table)
        .filter(erasure_parts::erasure_id.eq(id))
        .count()
        .get_result(conn)
        .await)?;
    if left > 0 {
        return Ok(false);
    }
    with_conn!(conn, |conn| diesel::update(erasures::table.find(id))
        .set(erasures::purge_key.eq(None::<Vec<u8>>))
        .execute(conn)
        .await)?;
    Ok(true)
}

/// Ends the erasure if all its parts have ended.
async fn end_if_done(conn: &mut Conn, id: IdBytes, now: UnixMicros) -> QueryResult<bool> {
    let left: i64 = with_conn!(conn, |conn| erasure_parts::table
        .filter(erasure_parts::erasure_id.eq(id))
        .filter(erasure_parts::ended_at.is_null())
        .count()
        .get_result(conn)
        .await)?;
    if left > 0 {
        return Ok(false);
    }
    with_conn!(conn, |conn| diesel::update(erasures::table.find(id))
        .set(erasures::ended_at.eq(Some(now)))
        .execute(conn)
        .await)?;
    Ok(true)
}

/// Whether that was the end of the erasure; `None` if the ledger was known to know it, or there is none.
pub(super) async fn recorded(
    conn: &mut Conn,
    id: IdBytes,
    now: UnixMicros,
) -> QueryResult<Option<bool>> {
    let erasure = dialect::hold_erasure(conn, id).await?;
    if erasure.is_none_or(|erasure| erasure.recorded_at.is_some()) {
        return Ok(None);
    }
    with_conn!(conn, |conn| diesel::update(erasures::table.find(id))
        .set(erasures::recorded_at.eq(Some(now)))
        .execute(conn)
        .await)?;
    end_if_done(conn, id, now).await.map(Some)
}

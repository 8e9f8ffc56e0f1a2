//! The only SQL that is written twice. Everything else is one query for both databases.

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult};
use diesel_async::RunQueryDsl as _;
use wharf_domain::step::StepKind;

use crate::conn::Conn;
use crate::schema::{connections, outbox, sessions, users};
use crate::sql_types::{IdBytes, UnixMicros};

/// Begins a transaction that writes.
///
/// SQLite takes its write lock at once: a transaction that had only read could not be given it later
/// if another had written meanwhile.
pub(crate) const fn begin_write(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => "BEGIN",
    }
}

/// Whether the owner has this connection and it is live, and holds it in that state until the
/// transaction ends: PostgreSQL by a lock on the row, SQLite because nobody else writes.
pub(crate) async fn hold_live_connection(
    conn: &mut Conn,
    owner: IdBytes,
    id: IdBytes,
) -> QueryResult<bool> {
    let live = connections::table
        .filter(connections::id.eq(id))
        .filter(connections::owner_id.eq(owner))
        .filter(connections::credential.is_not_null())
        .select(connections::credential_version);
    let held: Option<i64> = match conn {
        Conn::Sqlite(conn) => live.first(conn).await,
        Conn::Postgres(conn) => live.for_share().first(conn).await,
    }
    .optional()?;
    Ok(held.is_some())
}

/// Has all who would change how many things the owner has come one after the other until the
/// transaction ends. On PostgreSQL this takes the owner's row, after those of the things themselves,
/// and leaves room for those who only point at it; on SQLite nobody else writes.
pub(crate) async fn take_turns_for(conn: &mut Conn, owner: IdBytes) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(conn) => users::table
            .find(owner)
            .select(users::id)
            .for_no_key_update()
            .first::<IdBytes>(conn)
            .await
            .map(drop),
    }
}

/// Up to `limit` sessions that ended by `now`, which nobody else touches until the transaction ends:
/// PostgreSQL passes over those that another transaction holds, on SQLite nobody else writes.
pub(crate) async fn hold_ended_sessions(
    conn: &mut Conn,
    now: UnixMicros,
    limit: i64,
) -> QueryResult<Vec<IdBytes>> {
    let ended = sessions::table
        .filter(sessions::ends_at.le(now))
        .order(sessions::ends_at)
        .limit(limit)
        .select(sessions::id);
    match conn {
        Conn::Sqlite(conn) => ended.load(conn).await,
        Conn::Postgres(conn) => ended.for_update().skip_locked().load(conn).await,
    }
}

/// Up to `limit` steps that are due at `now`, longest due first, which nobody else takes up until the
/// transaction ends: PostgreSQL passes over those that another transaction holds, on SQLite nobody
/// else writes.
pub(crate) async fn hold_due_steps(
    conn: &mut Conn,
    now: UnixMicros,
    limit: i64,
) -> QueryResult<Vec<IdBytes>> {
    let due = outbox::table
        .filter(outbox::due_at.le(now))
        .filter(outbox::given_up_at.is_null())
        .filter(outbox::kind.eq_any(StepKind::ALL.map(StepKind::as_str)))
        .order((outbox::due_at, outbox::id))
        .limit(limit)
        .select(outbox::id);
    match conn {
        Conn::Sqlite(conn) => due.load(conn).await,
        Conn::Postgres(conn) => due.for_update().skip_locked().load(conn).await,
    }
}

/// Whether any migration ever ran: asks for the table in which they are noted.
pub(crate) const fn has_migrations_table(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => {
            "SELECT count(*) AS count FROM sqlite_master \
             WHERE type = 'table' AND name = '__diesel_schema_migrations'"
        }
        Conn::Postgres(_) => "SELECT count(to_regclass('__diesel_schema_migrations')) AS count",
    }
}

//! The only SQL that is written twice. Everything else is one query for both databases.

use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::step::StepKind;
use wharf_domain::user::Role;

use crate::conn::Conn;
use crate::erasures::ErasureRow;
use crate::schema::{audit_sequencer, audit_trail, connections, erasures, outbox, sessions, users};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::trail::LinkRow;
use crate::users::UserRow;

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

/// The owner's connection, held in the state that it is in until the transaction ends: PostgreSQL locks
/// the row, on SQLite nobody else writes.
pub(crate) async fn hold_connection(
    conn: &mut Conn,
    owner: IdBytes,
    id: IdBytes,
) -> QueryResult<Option<HeldConnection>> {
    let connection = connections::table
        .filter(connections::id.eq(id))
        .filter(connections::owner_id.eq(owner))
        .select((connections::credential.is_not_null(), connections::status));
    let held: Option<(bool, String)> = match conn {
        Conn::Sqlite(conn) => connection.first(conn).await,
        Conn::Postgres(conn) => connection.for_share().first(conn).await,
    }
    .optional()?;
    Ok(held.map(|(is_live, status)| HeldConnection { is_live, status }))
}

/// What a held connection is.
pub(crate) struct HeldConnection {
    /// It has a credential.
    pub(crate) is_live: bool,
    /// The name of its status.
    pub(crate) status: String,
}

/// Has all who would change how many things the owner has come one after the other until the
/// transaction ends. On PostgreSQL this takes the owner's row, which all take before the rows of what
/// the owner has, and leaves room for those who only point at it; on SQLite nobody else writes.
pub(crate) async fn take_turns_for(conn: &mut Conn, owner: IdBytes) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(conn) => users::table
            .find(owner)
            .select(users::id)
            .for_no_key_update()
            .first::<IdBytes>(conn)
            .await
            .optional()
            .map(drop),
    }
}

/// Whether the account is there and may have storages of its own, and holds it in that state until the
/// transaction ends. On PostgreSQL it leaves room for all who only point at the row or count what the
/// user has, but not for [`hold_user`]; on SQLite nobody else writes.
pub(crate) async fn hold_regular_owner(conn: &mut Conn, owner: IdBytes) -> QueryResult<bool> {
    let regular = users::table
        .filter(users::id.eq(owner))
        .filter(users::role.eq(Role::Regular.as_str()))
        .select(users::id);
    let held: Option<IdBytes> = match conn {
        Conn::Sqlite(conn) => regular.first(conn).await,
        Conn::Postgres(conn) => regular.for_key_share().first(conn).await,
    }
    .optional()?;
    Ok(held.is_some())
}

/// Holds an account until the transaction ends: nobody changes it, and nobody gives it anything.
pub(crate) async fn hold_user(conn: &mut Conn, id: IdBytes) -> QueryResult<Option<UserRow>> {
    let user = users::table.find(id);
    match conn {
        Conn::Sqlite(conn) => user.select(UserRow::as_select()).first(conn).await,
        Conn::Postgres(conn) => {
            let user = user.select(UserRow::as_select()).for_update();
            user.first(conn).await
        }
    }
    .optional()
}

/// The admins who can come in, whom nobody changes until the transaction ends. All who ask take them in
/// the same order, so that nobody waits for somebody who waits for them.
pub(crate) async fn hold_acting_admins(conn: &mut Conn) -> QueryResult<Vec<IdBytes>> {
    let admins = users::table
        .filter(users::role.eq(Role::Admin.as_str()))
        .filter(users::disabled_at.is_null())
        .order(users::id)
        .select(users::id);
    match conn {
        Conn::Sqlite(conn) => admins.load(conn).await,
        Conn::Postgres(conn) => admins.for_update().load(conn).await,
    }
}

/// Holds an erasure until the transaction ends: of all who end its last parts, one ends it.
pub(crate) async fn hold_erasure(conn: &mut Conn, id: IdBytes) -> QueryResult<Option<ErasureRow>> {
    let erasure = erasures::table.find(id);
    match conn {
        Conn::Sqlite(conn) => erasure.select(ErasureRow::as_select()).first(conn).await,
        Conn::Postgres(conn) => {
            let erasure = erasure.select(ErasureRow::as_select()).for_update();
            erasure.first(conn).await
        }
    }
    .optional()
}

/// Lets the statements of this transaction take longer than others may: somebody may have a million
/// documents.
pub(crate) const fn take_your_time(conn: &Conn) -> &'static str {
    match conn {
        Conn::Sqlite(_) => "",
        Conn::Postgres(_) => "SET LOCAL statement_timeout = '60s'",
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

/// Whether it is this term still, and holds it until the transaction ends: on PostgreSQL nobody begins
/// another meanwhile, on SQLite nobody else writes.
pub(crate) async fn hold_term(conn: &mut Conn, term: i64) -> QueryResult<bool> {
    let mine = audit_sequencer::table
        .filter(audit_sequencer::term.eq(term))
        .select(audit_sequencer::term);
    let held: Option<i64> = match conn {
        Conn::Sqlite(conn) => mine.first(conn).await,
        Conn::Postgres(conn) => mine.for_update().first(conn).await,
    }
    .optional()?;
    Ok(held.is_some())
}

/// Inserts the links: on PostgreSQL by one statement, and so in one round trip; on SQLite by one visit to
/// the thread that may block, for everybody else's writes wait meanwhile.
pub(crate) async fn insert_links(conn: &mut Conn, rows: Vec<LinkRow>) -> QueryResult<()> {
    let links = diesel::insert_into(audit_trail::table).values(rows);
    let inserted = match conn {
        Conn::Sqlite(conn) => {
            let insert = |conn: &mut _| diesel::RunQueryDsl::execute(links, conn);
            conn.spawn_blocking(insert).await
        }
        Conn::Postgres(conn) => links.execute(conn).await,
    };
    inserted.map(drop)
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

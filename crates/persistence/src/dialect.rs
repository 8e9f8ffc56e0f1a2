//! The only SQL that is written twice. Everything else is one query for both databases.

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult};
use diesel_async::RunQueryDsl as _;

use crate::conn::Conn;
use crate::schema::connections;
use crate::sql_types::IdBytes;

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

//! One connection to whichever database there is, and the macro that runs one query on both.

use std::fmt;

use deadpool::managed::Object;
use diesel::QueryResult;
use diesel_async::SimpleAsyncConnection as _;

use crate::postgres::PostgresConnections;
use crate::sqlite::SqliteConnections;

/// A connection lent by a pool; dropping it gives it back.
#[expect(
    clippy::large_enum_variant,
    reason = "it moves once or twice a request; a box would cost an allocation each time"
)]
pub(crate) enum Conn {
    /// A connection to an SQLite file.
    Sqlite(Object<SqliteConnections>),
    /// A connection to a PostgreSQL server.
    Postgres(Object<PostgresConnections>),
}

/// Runs one query expression on whichever database the connection belongs to.
///
/// The body is compiled once for each database: `with_conn!(conn, |c| query.first(c).await)`. It is
/// one query and nothing else; what comes before and after it stands outside.
macro_rules! with_conn {
    ($conn:expr, |$connection:ident| $query:expr) => {
        match $conn {
            $crate::conn::Conn::Sqlite($connection) => $query,
            $crate::conn::Conn::Postgres($connection) => $query,
        }
    };
}
pub(crate) use with_conn;

impl Conn {
    /// Runs statements that give no rows and take no values.
    pub(crate) async fn run(&mut self, statements: &str) -> QueryResult<()> {
        with_conn!(self, |conn| conn.batch_execute(statements).await)
    }

    /// Ends the connection instead of giving it back; the database undoes what it had begun.
    pub(crate) fn close(self) {
        match self {
            Self::Sqlite(conn) => drop(Object::take(conn)),
            Self::Postgres(conn) => drop(Object::take(conn)),
        }
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Conn::Sqlite",
            Self::Postgres(_) => "Conn::Postgres",
        })
    }
}

//! The database: which one, its pool of connections, and the way to a transaction.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{Manager, Object, Pool as Connections};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::timeout;
use wharf_domain::ports::repository::RepositoryError;

use crate::conn::Conn;
use crate::error::{DatabaseError, unavailable};
use crate::postgres::{PostgresConnections, PostgresServer};
use crate::sqlite::{SqliteConnections, SqliteFile};
use crate::transaction::Transaction;

/// Longer waits for a connection, or for the turn to write, are given up.
const ACQUIRE: Duration = Duration::from_secs(2);

/// How a database is used.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseOptions {
    /// The most connections that are open at once; they are opened as they are needed.
    pub max_connections: usize,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self { max_connections: 8 }
    }
}

/// A database with Wharf's tables: an SQLite file or a PostgreSQL server.
///
/// It implements the domain's repository ports. Clones share one pool of connections.
#[derive(Clone)]
pub struct Database(Arc<Pool>);

#[expect(
    clippy::large_enum_variant,
    reason = "there is one of it, and it never moves"
)]
pub(crate) enum Pool {
    Sqlite {
        file: SqliteFile,
        connections: Connections<SqliteConnections>,
        /// The turn to write. SQLite has one writer at a time; its own way of waiting is to sleep and
        /// look again, holding a thread and a connection meanwhile.
        turn: Arc<Mutex<()>>,
    },
    Postgres {
        server: PostgresServer,
        connections: Connections<PostgresConnections>,
    },
}

impl Database {
    /// Opens the database at `address`: the path of an SQLite file, with or without `sqlite:` before
    /// it, or `postgres://user:password@host/database?sslmode=verify-full`. It connects once, so that
    /// a wrong address is told at the start. The tables are [`migrate`](Self::migrate)'s business.
    ///
    /// The runtime that this is called on drives the connections and must outlive their use; requests
    /// may come from others.
    ///
    /// # Errors
    /// [`DatabaseError::InvalidAddress`], [`DatabaseError::File`] or [`DatabaseError::Unreachable`].
    pub async fn open(
        address: &SecretString,
        options: DatabaseOptions,
    ) -> Result<Self, DatabaseError> {
        let pool = Pool::at(address.expose_secret(), options)?;
        let database = Self(Arc::new(pool));
        match database.ping().await {
            Ok(()) => Ok(database),
            Err(RepositoryError::Unavailable(source)) => Err(DatabaseError::Unreachable(source)),
            Err(other) => Err(DatabaseError::Unreachable(other.into())),
        }
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`] if there is none.
    pub async fn ping(&self) -> Result<(), RepositoryError> {
        self.acquire()
            .await?
            .run("SELECT 1")
            .await
            .map_err(unavailable)
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.0
    }

    /// Lends a connection.
    pub(crate) async fn acquire(&self) -> Result<Conn, RepositoryError> {
        match &*self.0 {
            Pool::Sqlite { connections, .. } => lend(connections).await.map(Conn::Sqlite),
            Pool::Postgres { connections, .. } => lend(connections).await.map(Conn::Postgres),
        }
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Transaction, RepositoryError> {
        let turn = match &*self.0 {
            Pool::Sqlite { turn, .. } => {
                let turn = timeout(ACQUIRE, Arc::clone(turn).lock_owned()).await;
                Some(turn.map_err(unavailable)?)
            }
            Pool::Postgres { .. } => None,
        };
        Transaction::begin(self.acquire().await?, turn).await
    }
}

impl Pool {
    fn at(address: &str, options: DatabaseOptions) -> Result<Self, DatabaseError> {
        let runtime = Handle::current();
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let server = PostgresServer::parse(address, runtime)?;
            let connections = build(server.connections(), options)?;
            return Ok(Self::Postgres {
                server,
                connections,
            });
        }
        let file = SqliteFile::prepare(sqlite_path(address)?)?;
        let manager = SqliteConnections {
            file: file.clone(),
            runtime,
        };
        Ok(Self::Sqlite {
            file,
            connections: build(manager, options)?,
            turn: Arc::default(),
        })
    }
}

fn sqlite_path(address: &str) -> Result<&Path, DatabaseError> {
    let path = address.strip_prefix("sqlite:").unwrap_or(address);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains("://") {
        return Err(DatabaseError::InvalidAddress(
            "it must be the path of a file, or begin with sqlite: or postgres://",
        ));
    }
    Ok(Path::new(path))
}

fn build<M: Manager>(
    manager: M,
    options: DatabaseOptions,
) -> Result<Connections<M>, DatabaseError> {
    Connections::builder(manager)
        .max_size(options.max_connections)
        .build()
        .map_err(|error| DatabaseError::Unreachable(error.into()))
}

async fn lend<M>(connections: &Connections<M>) -> Result<Object<M>, RepositoryError>
where
    M: Manager<Error: std::error::Error + Send + Sync + 'static>,
{
    timeout(ACQUIRE, connections.get())
        .await
        .map_err(unavailable)?
        .map_err(unavailable)
}

impl fmt::Debug for Database {
    /// Names the kind only: the address holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.0 {
            Pool::Sqlite { .. } => "Database::Sqlite",
            Pool::Postgres { .. } => "Database::Postgres",
        })
    }
}

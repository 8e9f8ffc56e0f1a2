//! Connections to an SQLite file. It knows no table.

use std::error::Error;
use std::fs::OpenOptions;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, ConnectionError, ConnectionResult, SqliteConnection};
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use crate::error::DatabaseError;

/// Readers and one writer at once (WAL); wait for other processes' writes; and `synchronous = FULL`,
/// because with WAL's usual NORMAL a commit that was acknowledged may be gone after a power loss.
/// `secure_delete` overwrites what is deleted, such as credentials and data keys.
const SETTINGS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA trusted_schema = OFF;
";

/// A file that holds an SQLite database.
#[derive(Clone, Debug)]
pub(crate) struct SqliteFile(PathBuf);

impl SqliteFile {
    /// The file at `path`; made if it is missing, readable by nobody else (SQLite gives its side files
    /// the same mode).
    pub(crate) fn prepare(path: &Path) -> Result<Self, DatabaseError> {
        // Absolute, so that SQLite takes no name for something else: `:memory:`, `file:…`.
        let path = std::path::absolute(path).map_err(DatabaseError::File)?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(DatabaseError::File)?;
        Ok(Self(path))
    }

    /// Opens a connection. It blocks.
    pub(crate) fn connect(&self) -> ConnectionResult<SqliteConnection> {
        let path = self.0.to_str().ok_or_else(|| {
            ConnectionError::InvalidConnectionUrl("the path is not UTF-8".to_owned())
        })?;
        let mut connection = SqliteConnection::establish(path)?;
        connection
            .batch_execute(SETTINGS)
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }
}

/// Makes and checks the pool's connections.
#[derive(Debug)]
pub(crate) struct SqliteConnections {
    pub(crate) file: SqliteFile,
    pub(crate) runtime: Handle,
}

impl Manager for SqliteConnections {
    type Type = PooledSqlite;
    type Error = ConnectionError;

    async fn create(&self) -> ConnectionResult<PooledSqlite> {
        let file = self.file.clone();
        let connection = self
            .runtime
            .spawn_blocking(move || file.connect())
            .await
            .map_err(|error| ConnectionError::BadConnection(error.to_string()))??;
        let calls = Calls {
            runtime: self.runtime.clone(),
            in_call: Arc::default(),
        };
        Ok(PooledSqlite {
            in_call: Arc::clone(&calls.in_call),
            connection: SyncConnectionWrapper::with_runtime(connection, calls),
        })
    }

    async fn recycle(
        &self,
        pooled: &mut PooledSqlite,
        _: &Metrics,
    ) -> RecycleResult<ConnectionError> {
        if pooled.in_call.load(Ordering::Acquire) {
            return Err(RecycleError::message("a call on it was abandoned"));
        }
        Ok(())
    }
}

/// A connection that knows whether the last call on it was awaited to its end.
pub(crate) struct PooledSqlite {
    connection: SyncConnectionWrapper<SqliteConnection, Calls>,
    in_call: Arc<AtomicBool>,
}

impl Deref for PooledSqlite {
    type Target = SyncConnectionWrapper<SqliteConnection, Calls>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl DerefMut for PooledSqlite {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

/// Runs the calls to SQLite on threads that may block.
///
/// diesel-async's own way waits in `Drop` for a call that nobody awaits any more, by a means that
/// panics on the single-threaded runtimes of an HTTP server's workers. Here such a call runs to its
/// end by itself, and the flag keeps its connection from being lent again.
pub(crate) struct Calls {
    runtime: Handle,
    in_call: Arc<AtomicBool>,
}

impl SpawnBlocking for Calls {
    fn spawn_blocking<'a, R>(
        &mut self,
        call: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync>>>
    where
        R: Send + 'static,
    {
        let in_call = Arc::clone(&self.in_call);
        in_call.store(true, Ordering::Release);
        let call = self.runtime.spawn_blocking(call);
        async move {
            let answer = call.await;
            in_call.store(false, Ordering::Release);
            Ok(answer?)
        }
        .boxed()
    }

    fn get_runtime() -> Self {
        Self {
            runtime: Handle::current(),
            in_call: Arc::default(),
        }
    }
}

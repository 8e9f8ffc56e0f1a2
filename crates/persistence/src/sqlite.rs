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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use diesel::sql_types::BigInt;
    use diesel::{QueryableByName, RunQueryDsl as _};

    use super::*;

    fn scratch_file(folder: &tempfile::TempDir) -> SqliteFile {
        SqliteFile::prepare(&folder.path().join("wharf.sqlite3")).unwrap()
    }

    #[test]
    fn every_connection_is_durable_and_checks_references() {
        #[derive(QueryableByName)]
        struct Settings {
            #[diesel(sql_type = BigInt)]
            synchronous: i64,
            #[diesel(sql_type = BigInt)]
            foreign_keys: i64,
            #[diesel(sql_type = BigInt)]
            is_wal: i64,
        }

        let folder = tempfile::tempdir().unwrap();
        let file = scratch_file(&folder);
        for _ in 0..2 {
            let settings: Settings = diesel::sql_query(
                "SELECT synchronous, foreign_keys, journal_mode = 'wal' AS is_wal
                 FROM pragma_synchronous, pragma_foreign_keys, pragma_journal_mode",
            )
            .get_result(&mut file.connect().unwrap())
            .unwrap();
            let Settings {
                synchronous,
                foreign_keys,
                is_wal,
            } = settings;
            // 2 is FULL.
            assert_eq!((synchronous, foreign_keys, is_wal), (2, 1, 1));
        }
    }

    #[tokio::test]
    async fn a_connection_in_an_abandoned_call_is_not_lent_again() {
        let folder = tempfile::tempdir().unwrap();
        let connections = SqliteConnections {
            file: scratch_file(&folder),
            runtime: Handle::current(),
        };
        let mut pooled = connections.create().await.unwrap();
        let metrics = Metrics::default();
        pooled.spawn_blocking(|_| Ok(())).await.unwrap();
        assert!(connections.recycle(&mut pooled, &metrics).await.is_ok());

        let (finish, finished) = sync_channel::<()>(0);
        let call = pooled.spawn_blocking(move |_| {
            let _ = finished.recv();
            Ok(())
        });
        drop(call);
        assert!(connections.recycle(&mut pooled, &metrics).await.is_err());
        drop(finish);
    }
}

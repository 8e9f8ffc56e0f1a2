//! Bringing the tables up to date: forward only, embedded in the binary, safe when several processes
//! start at once.

use std::collections::HashSet;
use std::error::Error;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::{QueryDsl as _, QueryableByName, sql_types};
use diesel_async::{
    AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use wharf_domain::ports::repository::RepositoryError;

use crate::conn::with_conn;
use crate::database::{Database, Pool};
use crate::dialect;
use crate::error::{DatabaseError, query_failed, unavailable};
use crate::schema::__diesel_schema_migrations as done;
use crate::sqlite::SqliteFile;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// One process migrates at a time, the others wait for as long as it takes. The lock ends with the
/// connection; its number means nothing, it only must not be anybody else's.
const LOCK_POSTGRES: &str =
    "SET statement_timeout = 0; SELECT pg_advisory_lock(8675309231123000000)";
const LOCK_SQLITE: &str = "PRAGMA busy_timeout = 60000";

type MigrationResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

impl Database {
    /// Runs the migrations that have not run yet, and gives their names.
    ///
    /// # Errors
    /// [`DatabaseError::Unreachable`], or [`DatabaseError::Migration`] if one of them failed.
    pub async fn migrate(&self) -> Result<Vec<String>, DatabaseError> {
        let migrating = match self.pool() {
            Pool::Sqlite { file, .. } => {
                let file = file.clone();
                tokio::task::spawn_blocking(move || migrate_sqlite(&file))
            }
            Pool::Postgres { server, .. } => {
                let connection = server
                    .clone()
                    .connect()
                    .await
                    .map_err(|error| DatabaseError::Unreachable(error.into()))?;
                let connection = alone(connection).await?;
                tokio::task::spawn_blocking(move || migrate_postgres(connection))
            }
        };
        migrating
            .await
            .map_err(|error| DatabaseError::Migration(error.into()))?
            .map_err(DatabaseError::Migration)
    }

    /// The names of the migrations that have not run yet. It changes nothing.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`] if the database does not tell.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, RepositoryError> {
        let ran = self.ran_migrations().await?;
        // Both folders hold the same names; a test compares them.
        let migrations = MigrationSource::<Pg>::migrations(&POSTGRES).map_err(unavailable)?;
        Ok(migrations
            .iter()
            .filter(|migration| !ran.contains(&migration.name().version().to_string()))
            .map(|migration| migration.name().to_string())
            .collect())
    }

    async fn ran_migrations(&self) -> Result<HashSet<String>, RepositoryError> {
        #[derive(QueryableByName)]
        struct Tables {
            #[diesel(sql_type = sql_types::BigInt)]
            count: i64,
        }

        let mut conn = self.acquire().await?;
        let has_table = diesel::sql_query(dialect::has_migrations_table(&conn));
        let tables: Tables =
            with_conn!(&mut conn, |conn| has_table.get_result(conn).await).map_err(query_failed)?;
        if tables.count == 0 {
            return Ok(HashSet::new());
        }
        let versions: Vec<String> = with_conn!(&mut conn, |conn| done::table
            .select(done::version)
            .load(conn)
            .await)
        .map_err(query_failed)?;
        Ok(versions.into_iter().collect())
    }
}

/// All in one transaction, begun with the write lock: a second process waits for it, and then finds
/// nothing left to do.
fn migrate_sqlite(file: &SqliteFile) -> MigrationResult<Vec<String>> {
    let mut connection = file.connect()?;
    connection.batch_execute(LOCK_SQLITE)?;
    connection.immediate_transaction(|connection| run(connection, SQLITE))
}

async fn alone(mut connection: AsyncPgConnection) -> Result<AsyncPgConnection, DatabaseError> {
    connection
        .batch_execute(LOCK_POSTGRES)
        .await
        .map_err(|error| DatabaseError::Migration(error.into()))?;
    Ok(connection)
}

/// The harness waits for its queries by blocking, so this must not run on a thread that drives tasks.
fn migrate_postgres(connection: AsyncPgConnection) -> MigrationResult<Vec<String>> {
    run(&mut AsyncMigrationHarness::new(connection), POSTGRES)
}

fn run<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> MigrationResult<Vec<String>> {
    let pending = harness.pending_migrations(migrations)?;
    harness.run_migrations(&pending)?;
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}

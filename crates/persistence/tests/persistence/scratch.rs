//! A database of a test's own, with a way past the crate: what was stored is read as rows.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection};
use secrecy::SecretString;
use tempfile::TempDir;
use wharf_domain::conformance::refreshes::Ports;
use wharf_domain::conformance::repositories::{Repositories, SavedEvents};
use wharf_domain::conformance::trail::Ports as TrailPorts;
use wharf_persistence::{Database, DatabaseOptions};

use crate::server::ServerDatabase;

/// A database of a test's own.
pub(crate) struct Scratch {
    /// The database as the crate sees it.
    pub(crate) database: Database,
    /// Where it really is.
    pub(crate) place: Place,
}

/// Where a database is; it is deleted with this value.
pub(crate) enum Place {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database on the server under test.
    Postgres(ServerDatabase),
}

impl Scratch {
    /// An SQLite file with Wharf's tables.
    pub(crate) async fn sqlite() -> Self {
        let scratch = Self::open(Place::sqlite()).await;
        scratch.database.migrate().await.unwrap();
        scratch
    }

    /// A PostgreSQL database with Wharf's tables.
    pub(crate) async fn postgres() -> Self {
        Self::open(Place::Postgres(ServerDatabase::migrated().await)).await
    }

    async fn open(place: Place) -> Self {
        let database = place.open(DatabaseOptions::default()).await;
        Self { database, place }
    }

    pub(crate) fn repositories(self) -> Repositories {
        let database = Arc::new(self.database);
        Repositories {
            users: database.clone(),
            data_keys: database.clone(),
            sessions: database.clone(),
            connections: database.clone(),
            documents: database.clone(),
            events: database.clone(),
            outbox: database.clone(),
            login_flows: database.clone(),
            erasures: database.clone(),
            erasure_credentials: database.clone(),
            operator_keys: database.clone(),
            replicas: database,
            saved: Box::new(self.place),
        }
    }

    pub(crate) fn trail(self) -> TrailPorts {
        let database = Arc::new(self.database);
        TrailPorts {
            trail: database.clone(),
            events: database,
            saved: Box::new(self.place),
        }
    }

    pub(crate) async fn refreshes(self) -> Ports {
        let owner = self.with_user().await.id;
        let database = Arc::new(self.database);
        Ports {
            connections: database.clone(),
            refreshes: database,
            owner,
            saved: Box::new(self.place),
        }
    }
}

impl Place {
    /// A place for an SQLite file, which is not there yet.
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) async fn open(&self, options: DatabaseOptions) -> Database {
        Database::open(&self.address(), options).await.unwrap()
    }

    pub(crate) fn address(&self) -> SecretString {
        match self {
            Self::Sqlite(folder) => SecretString::from(file(folder).to_str().unwrap()),
            Self::Postgres(database) => database.address(),
        }
    }

    /// Runs a statement past the crate.
    pub(crate) async fn run(&self, statement: &str) {
        self.try_run(statement).await.unwrap();
    }

    /// Runs a statement past the crate, or tells why the database does not.
    pub(crate) async fn try_run(&self, statement: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(folder) => {
                let run = connect(folder).batch_execute(statement);
                run.map_err(|error| error.to_string())
            }
            Self::Postgres(database) => {
                let client = database.connect().await;
                let run = client.batch_execute(statement).await;
                run.map_err(|error| {
                    let said = error.as_db_error().map(|error| error.message().to_owned());
                    said.unwrap_or_else(|| error.to_string())
                })
            }
        }
    }

    /// Reads the text column `line` of what a query gives.
    pub(crate) async fn lines(&self, query: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            line: String,
        }

        match self {
            Self::Sqlite(folder) => {
                let rows: Vec<Row> = diesel::sql_query(query).load(&mut connect(folder)).unwrap();
                rows.into_iter().map(|row| row.line).collect()
            }
            Self::Postgres(database) => database.column(query).await,
        }
    }
}

impl Place {
    /// How the database would answer a query.
    pub(crate) async fn plan(&self, query: &str) -> String {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            detail: String,
        }

        match self {
            Self::Sqlite(folder) => {
                let explain = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}"));
                let rows: Vec<Row> = explain.load(&mut connect(folder)).unwrap();
                let details: Vec<_> = rows.into_iter().map(|row| row.detail).collect();
                details.join("\n")
            }
            Self::Postgres(database) => {
                let plan = database.column(&format!("EXPLAIN {query}")).await;
                plan.join("\n")
            }
        }
    }
}

#[async_trait]
impl SavedEvents for Place {
    async fn names(&self) -> Vec<String> {
        self.lines("SELECT action AS line FROM audit_events ORDER BY seq")
            .await
    }
}

/// The SQLite file in its folder.
pub(crate) fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("wharf.sqlite3")
}

fn connect(folder: &TempDir) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(file(folder).to_str().unwrap()).unwrap();
    connection
        .batch_execute("PRAGMA busy_timeout = 5000")
        .unwrap();
    connection
}

//! A database of one's own in the throw-away PostgreSQL that `cargo xtask test` starts.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::NoTls;

use super::environment;

/// An empty database.
pub(crate) struct Database {
    /// Its address, as an operator would write it into the settings.
    pub(crate) url: String,
}

impl Database {
    pub(crate) async fn fresh() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = environment::postgres_url();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("wharf_api_{}_{number}", std::process::id());
        let client = connect(&server).await;
        let statements = format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}");
        for statement in statements.split("; ") {
            client.execute(statement, &[]).await.unwrap();
        }
        let mut url = reqwest::Url::parse(&server).unwrap();
        url.set_path(&name);
        Self { url: url.into() }
    }

    /// One column of a query's rows, as text.
    pub(crate) async fn column(&self, query: &str) -> Vec<String> {
        let rows = connect(&self.url).await.query(query, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Runs a statement.
    pub(crate) async fn run(&self, statement: &str) {
        self.try_run(statement).await.unwrap();
    }

    /// Runs a statement, or tells why the database does not.
    pub(crate) async fn try_run(&self, statement: &str) -> Result<(), tokio_postgres::Error> {
        connect(&self.url).await.batch_execute(statement).await
    }

    /// This expression of every event whose action is like the pattern, in the order in which they came,
    /// whether they have their place in the trail already or wait for it.
    pub(crate) async fn events(&self, line: &str, pattern: &str) -> Vec<String> {
        let query = format!(
            "SELECT {line} FROM (
                SELECT 0 AS waits, position AS place, actor_kind, action, outcome, resource_kind,
                    metadata, request_id, client_network, client_sealed
                FROM audit_trail
                UNION ALL
                SELECT 1, seq, actor_kind, action, outcome, resource_kind, metadata, request_id,
                    client_network, NULL
                FROM audit_events
            ) AS events WHERE action LIKE '{pattern}' ORDER BY waits, place"
        );
        self.column(&query).await
    }

    /// Ends the database, whoever is connected to it.
    pub(crate) async fn drop_by_force(&self) {
        let name = self.url.rsplit('/').next().unwrap();
        let server = connect(&environment::postgres_url()).await;
        let statement = format!("DROP DATABASE {name} WITH (FORCE)");
        server.execute(&statement, &[]).await.unwrap();
    }
}

/// A row that nobody else can change, or a table that nobody else can read, until this is dropped.
pub(crate) struct Held(
    #[expect(dead_code, reason = "dropping it ends the hold")] tokio_postgres::Client,
);

impl Database {
    /// Holds what a query with `FOR UPDATE` gives.
    pub(crate) async fn hold(&self, query: &str) -> Held {
        let client = connect(&self.url).await;
        client.batch_execute("BEGIN").await.unwrap();
        assert_eq!(client.query(query, &[]).await.unwrap().len(), 1);
        Held(client)
    }

    /// Holds a whole table, once those who have it are done.
    pub(crate) async fn hold_table(&self, name: &str) -> Held {
        let client = connect(&self.url).await;
        let lock = format!("BEGIN; LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE");
        client.batch_execute(&lock).await.unwrap();
        Held(client)
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

//! The PostgreSQL server under test: databases on it, made from a migrated template and dropped again.

use std::thread;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};
use wharf_persistence::{Database, DatabaseOptions};

/// Makes one test at a time make or copy the template, other test processes included.
const LOCK_TEMPLATE: &str = "SELECT pg_advisory_lock(8675309231123000001)";

/// A database that is dropped with this value.
pub(crate) struct ServerDatabase {
    name: String,
}

impl ServerDatabase {
    /// A database without a table.
    pub(crate) async fn empty() -> Self {
        Self::create("template0").await
    }

    /// A database with Wharf's tables.
    pub(crate) async fn migrated() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(make_template).await;
        Self::create(template).await
    }

    async fn create(template: &str) -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("wharf_test_{}_{number}", std::process::id());
        run_as_admin(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run_as_admin(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { name }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn address(&self) -> SecretString {
        address(&self.name)
    }

    /// The address for another role, which needs no password.
    pub(crate) fn address_as(&self, role: &str) -> SecretString {
        let url = address(&self.name);
        let (_, place) = url.expose_secret().split_once('@').unwrap();
        SecretString::from(format!("postgres://{role}@{place}"))
    }

    /// A connection beside the pool.
    pub(crate) async fn connect(&self) -> Client {
        connect(&self.name).await
    }

    /// The first column of what a query gives.
    pub(crate) async fn column(&self, query: &str) -> Vec<String> {
        let messages = self.connect().await.simple_query(query).await.unwrap();
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
            _ => None,
        });
        rows.collect()
    }
}

impl Drop for ServerDatabase {
    /// On a thread of its own, because the test's runtime may be the thread that drops.
    fn drop(&mut self) {
        let drop_database = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(run_as_admin(&drop_database));
        });
        dropping.join().unwrap();
    }
}

async fn make_template() -> String {
    let name = format!("wharf_template_{}", std::process::id());
    let admin = connect("postgres").await;
    admin.batch_execute(LOCK_TEMPLATE).await.unwrap();
    run_as_admin(&format!("DROP DATABASE IF EXISTS {name}")).await;
    run_as_admin(&format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    let database = Database::open(&address(&name), DatabaseOptions::default()).await;
    database.unwrap().migrate().await.unwrap();
    name
}

async fn run_as_admin(statement: &str) {
    let admin = connect("postgres").await;
    admin.batch_execute(statement).await.unwrap();
}

async fn connect(database: &str) -> Client {
    let mut config: tokio_postgres::Config = server_url().parse().unwrap();
    config.dbname(database);
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn address(database: &str) -> SecretString {
    let url = server_url();
    let server = url.rsplit_once('/').unwrap().0;
    SecretString::from(format!("{server}/{database}"))
}

/// `postgres://user@host:port/database` of a superuser.
fn server_url() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the command that started the server says where it is"
    )]
    let url = std::env::var("WHARF_TEST_POSTGRES_URL");
    url.unwrap_or_else(|_| panic!("run `cargo xtask test`, which starts PostgreSQL"))
}

//! Bringing a database up to date.

use futures_util::future::join;
use wharf_persistence::DatabaseOptions;

use crate::scratch::Place;
use crate::server::ServerDatabase;

const ALL: [&str; 10] = [
    "20261123000000_first_tables",
    "20261123021500_sessions",
    "20261123040000_outbox",
    "20261123050000_refreshes",
    "20261128000000_verified_documents",
    "20261128020000_login_flows",
    "20261128040000_accounts",
    "20261128050000_erasures",
    "20261128060000_audit_trail",
    "20261128075000_operator_keys",
];

async fn migrations_run_once(place: Place) {
    let database = place.open(DatabaseOptions::default()).await;
    assert_eq!(database.pending_migrations().await.unwrap(), ALL);
    // Asking changes nothing.
    assert_eq!(database.pending_migrations().await.unwrap(), ALL);

    assert_eq!(database.migrate().await.unwrap(), ALL);
    assert_eq!(database.pending_migrations().await.unwrap(), [""; 0]);
    assert_eq!(database.migrate().await.unwrap(), [""; 0]);
}

async fn two_processes_migrate_at_once(place: Place) {
    // Each has its own pool and connections, as two processes have.
    let one = place.open(DatabaseOptions::default()).await;
    let other = place.open(DatabaseOptions::default()).await;

    let (one, other) = join(one.migrate(), other.migrate()).await;

    let mut ran = one.unwrap();
    ran.extend(other.unwrap());
    ran.sort();
    assert_eq!(ran, ALL);
}

mod sqlite {
    use super::Place;

    #[tokio::test]
    async fn migrations_run_once() {
        super::migrations_run_once(Place::sqlite()).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_processes_migrate_at_once() {
        super::two_processes_migrate_at_once(Place::sqlite()).await;
    }
}

mod postgres {
    use super::{Place, ServerDatabase};

    #[tokio::test]
    async fn migrations_run_once() {
        super::migrations_run_once(Place::Postgres(ServerDatabase::empty().await)).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_processes_migrate_at_once() {
        super::two_processes_migrate_at_once(Place::Postgres(ServerDatabase::empty().await)).await;
    }
}

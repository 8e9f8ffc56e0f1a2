//! The persistence crate on real databases: an SQLite file and a PostgreSQL server.
//!
//! The server's address comes from `WHARF_TEST_POSTGRES_URL`; every test has a database of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test does outside its own function may fail by panicking too"
)]

mod fixture;
mod scratch;
mod server;

mod address;
mod audit;
mod broken_rows;
mod cancellation;
mod event_rows;
mod faults;
mod keys;
mod migrations;
mod runtimes;
mod schema;
mod tampering;
mod trail;
mod trail_plans;

wharf_domain::repositories_conformance!(
    sqlite,
    crate::scratch::Scratch::sqlite().await.repositories()
);
wharf_domain::repositories_conformance!(
    postgres,
    crate::scratch::Scratch::postgres().await.repositories()
);

wharf_domain::refreshes_conformance!(
    refreshes_on_sqlite,
    crate::scratch::Scratch::sqlite().await.refreshes().await
);
wharf_domain::refreshes_conformance!(
    refreshes_on_postgres,
    crate::scratch::Scratch::postgres().await.refreshes().await
);

wharf_domain::trail_conformance!(
    trail_on_sqlite,
    crate::scratch::Scratch::sqlite().await.trail()
);
wharf_domain::trail_conformance!(
    trail_on_postgres,
    crate::scratch::Scratch::postgres().await.trail()
);

/// Makes two tests of each case, one for each database, migrated and empty.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::scratch::Scratch::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::scratch::Scratch::postgres().await).await;
            })+
        }
    };
}
use on_both;

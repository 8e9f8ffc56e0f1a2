//! A database that fails: the change is refused as a whole, and the state is what it was.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;

use wharf_domain::event::Action;
use wharf_domain::id::UserId;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::users::{UserFilter, Users};
use wharf_domain::user::{Role, StoragePlace, User, WrappedDataKey};
use wharf_persistence::{Database, DatabaseOptions};

use crate::fixture::{event, password_hash};
use crate::scratch::{Place, Scratch, file};

crate::on_both!(
    a_change_fails_with_its_event,
    a_database_that_cannot_be_written_is_unavailable,
);

async fn insert_second(database: &Database, first: &User) -> Result<(), RepositoryError> {
    let second = User {
        id: UserId::from_bytes([2; 16]),
        email: "ben@example.com".parse().unwrap(),
        ..first.clone()
    };
    let created = event(
        1,
        Action::UserCreated {
            role: Role::Regular,
        },
    );
    let data_key = WrappedDataKey(vec![2]);
    database
        .insert(&second, Some(&password_hash()), &data_key, &[created])
        .await
}

/// L-04: without the audit row there is no change.
async fn a_change_fails_with_its_event(scratch: Scratch) {
    let anna = scratch.with_user().await;
    scratch
        .place
        .run("ALTER TABLE audit_events RENAME TO lost")
        .await;

    let refused = insert_second(&scratch.database, &anna).await;

    assert!(
        matches!(refused, Err(RepositoryError::Unavailable(_))),
        "{refused:?}"
    );
    let listed = Users::list(&scratch.database, &UserFilter::default(), None, 10)
        .await
        .unwrap();
    assert_eq!(listed.iter().collect::<Vec<_>>(), [&anna]);
    let keys = "SELECT CAST(count(*) AS text) AS line FROM user_keys";
    assert_eq!(scratch.place.lines(keys).await, ["1"]);

    scratch
        .place
        .run("ALTER TABLE lost RENAME TO audit_events")
        .await;
    insert_second(&scratch.database, &anna).await.unwrap();
}

async fn a_database_that_cannot_be_written_is_unavailable(scratch: Scratch) {
    let anna = scratch.with_user().await;
    let Scratch { database, place } = scratch;
    drop(database);
    make_read_only(&place).await;
    let database = place.open(DatabaseOptions::default()).await;

    let refused = insert_second(&database, &anna).await;
    assert!(
        matches!(refused, Err(RepositoryError::Unavailable(_))),
        "{refused:?}"
    );
    let refused = database
        .set_default_storage(anna.id, StoragePlace::House, &[])
        .await;
    assert!(
        matches!(refused, Err(RepositoryError::Unavailable(_))),
        "{refused:?}"
    );
    let refused = database
        .rehash(anna.id, &password_hash(), &password_hash())
        .await;
    assert!(
        matches!(refused, Err(RepositoryError::Unavailable(_))),
        "{refused:?}"
    );

    assert_eq!(
        Users::list(&database, &UserFilter::default(), None, 10)
            .await
            .unwrap(),
        [anna]
    );
}

/// Permissions would not stop the superuser that tests may run as.
async fn make_read_only(place: &Place) {
    match place {
        Place::Sqlite(folder) => {
            place.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
            // Byte 18 is the version that a writer must understand (SQLite's file format, 1.3.3).
            let file = OpenOptions::new().write(true).open(file(folder)).unwrap();
            file.write_all_at(&[3], 18).unwrap();
        }
        Place::Postgres(database) => {
            let name = database.name();
            let read_only = "SET default_transaction_read_only = on";
            place
                .run(&format!("ALTER DATABASE {name} {read_only}"))
                .await;
        }
    }
}

/// a statement that waits too long is given up by the server, whatever it waits for.
#[tokio::test]
async fn a_statement_that_waits_too_long_is_given_up() {
    let scratch = Scratch::postgres().await;
    let anna = scratch.with_user().await;
    let Place::Postgres(server) = &scratch.place else {
        unreachable!("it was made on the server")
    };
    let rival = server.connect().await;
    rival
        .batch_execute("BEGIN; LOCK TABLE users")
        .await
        .unwrap();

    let waited = scratch.database.find(anna.id).await;
    assert!(
        matches!(waited, Err(RepositoryError::Unavailable(_))),
        "{waited:?}"
    );

    rival.batch_execute("COMMIT").await.unwrap();
    assert_eq!(scratch.database.find(anna.id).await.unwrap(), Some(anna));
}

/// connections that the server ended are not lent again.
#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let scratch = Scratch::postgres().await;
    let anna = scratch.with_user().await;
    let end_all = "
        SELECT CAST(count(pg_terminate_backend(pid, 5000)) AS text) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'wharf'";
    assert_ne!(scratch.place.lines(end_all).await, ["0"]);

    // The end is noticed when the socket is next read, at the latest by the first query.
    let _noticed = scratch.database.find(anna.id).await;
    assert_eq!(scratch.database.find(anna.id).await.unwrap(), Some(anna));
}

//! What a database's address may be, and what is said of one that cannot be used.

use std::error::Error;
use std::os::unix::fs::PermissionsExt as _;

use secrecy::SecretString;
use wharf_persistence::{Database, DatabaseError, DatabaseOptions};

use crate::scratch::{Place, Scratch};

async fn open(address: &str) -> Result<Database, DatabaseError> {
    let address = SecretString::from(address);
    Database::open(&address, DatabaseOptions::default()).await
}

/// Everything that an error says, to a person or in a log.
fn said(error: &DatabaseError) -> String {
    let mut said = format!("{error:?}");
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        said.push_str(&format!(" / {error}"));
        cause = error.source();
    }
    said
}

#[tokio::test]
async fn a_file_may_be_named_with_and_without_the_scheme() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b's.sqlite3");
    let path = path.to_str().unwrap();
    let database = open(path).await.unwrap();
    database.migrate().await.unwrap();
    for address in [format!("sqlite:{path}"), format!("sqlite://{path}")] {
        let same = open(&address).await.unwrap();
        assert_eq!(
            same.pending_migrations().await.unwrap(),
            [""; 0],
            "{address}"
        );
    }
}

// The file holds password hashes and keys.
#[tokio::test]
async fn nobody_else_may_read_the_file() {
    let scratch = Scratch::sqlite().await;
    scratch.with_user().await;
    let Place::Sqlite(folder) = &scratch.place else {
        unreachable!("it was made as a file")
    };
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
        files += 1;
    }
    assert_eq!(files, 3, "the database, its write-ahead log and its index");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    for address in [
        "",
        "sqlite:",
        "mysql://localhost/wharf",
        "postgres://host:port/x",
    ] {
        let refused = open(address).await;
        assert!(
            matches!(refused, Err(DatabaseError::InvalidAddress(_))),
            "{address:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let below_a_file = folder.path().join("text/wharf.sqlite3");
    let text = folder.path().join("text");
    std::fs::write(
        &text,
        "This is no database, but it is long enough to be one.".repeat(100),
    )
    .unwrap();
    for path in [folder.path(), &below_a_file] {
        let refused = open(path.to_str().unwrap()).await;
        assert!(matches!(refused, Err(DatabaseError::File(_))), "{path:?}");
    }
    let refused = open(text.to_str().unwrap()).await;
    assert!(
        matches!(refused, Err(DatabaseError::Unreachable(_))),
        "{refused:?}"
    );
}

// G-01: neither message nor debug form holds the password.
#[tokio::test]
async fn an_error_does_not_tell_the_password() {
    for address in [
        "postgres://wharf:hunter2@127.0.0.1:1/wharf",
        "postgres://wharf:hunter2@127.0.0.1:port/wharf",
        "postgres://wharf:hunter2@127.0.0.1:1/wharf?sslmode=nonsense",
    ] {
        let error = open(address).await.unwrap_err();
        assert!(!said(&error).contains("hunter2"), "{}", said(&error));
    }
}

// The server under test has no certificate that anybody should trust, or none at all.
#[tokio::test]
async fn a_connection_that_must_be_encrypted_is_never_made_in_the_clear() {
    use secrecy::ExposeSecret as _;

    let scratch = Scratch::postgres().await;
    let address = scratch.place.address();
    let address = address.expose_secret();
    assert!(open(&format!("{address}?sslmode=prefer")).await.is_ok());
    for mode in ["require", "verify-ca", "verify-full"] {
        let refused = open(&format!("{address}?sslmode={mode}")).await;
        assert!(
            matches!(refused, Err(DatabaseError::Unreachable(_))),
            "{mode}: {refused:?}"
        );
    }
}

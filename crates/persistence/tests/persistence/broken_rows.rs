//! Rows that somebody else wrote: each is an error that names it, never a guess.

use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::documents::Documents;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::sessions::Sessions;
use wharf_domain::ports::users::Users;
use wharf_domain::user::StoragePlace;

use crate::fixture::document;
use crate::scratch::Scratch;

crate::on_both!(a_broken_row_is_named);

async fn a_broken_row_is_named(scratch: Scratch) {
    let user = scratch.with_user().await;
    let anna = user.id;
    let cloud = scratch.with_connection(anna).await;
    let session = scratch.with_session(&user).await;
    let report = document(1, anna, StoragePlace::House);
    let inserted = Documents::insert(&scratch.database, &report, &[]).await;
    assert!(inserted.unwrap());

    for (table, column, value) in [
        ("users", "email", "'nobody'"),
        ("users", "session_epoch", "4294967296"),
        ("sessions", "epoch", "4294967296"),
        ("connections", "provider", "'floppy'"),
        ("connections", "display_name", "''"),
        ("connections", "status", "'REQUIRES_REAUTH'"),
        ("connections", "credential_version", "4294967296"),
        ("documents", "name", "'..'"),
        ("documents", "content_type", "'nonsense'"),
        ("documents", "item_id", "'!'"),
    ] {
        let previous = format!("SELECT CAST({column} AS text) AS line FROM {table}");
        let previous = scratch.place.lines(&previous).await.remove(0);
        scratch
            .place
            .run(&format!("UPDATE {table} SET {column} = {value}"))
            .await;

        let (error, id) = match table {
            "users" => {
                let listed = Users::list(&scratch.database, None, 1).await;
                (listed.err(), anna.to_string())
            }
            "sessions" => {
                let found = Sessions::find(&scratch.database, session).await;
                (found.err(), session.to_string())
            }
            "connections" => {
                let listed = Connections::list(&scratch.database, anna).await;
                (listed.err(), cloud.id.to_string())
            }
            _ => {
                let listed = Documents::list(&scratch.database, anna, None, 1).await;
                (listed.err(), report.id.to_string())
            }
        };
        let named = format!("column {column} of table {table} holds what it must not, in row {id}");
        assert!(
            matches!(error, Some(RepositoryError::Inconsistent { .. })),
            "{table}.{column}"
        );
        assert_eq!(error.unwrap().to_string(), named);

        // Untyped literals fit text and number columns alike.
        let restore = format!("UPDATE {table} SET {column} = '{previous}'");
        scratch.place.run(&restore).await;
    }
}

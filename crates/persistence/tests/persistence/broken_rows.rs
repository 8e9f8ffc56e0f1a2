//! Rows that somebody else wrote: each is an error that names it, never a guess.

use wharf_domain::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, Endpoint, SealedCredential,
};
use wharf_domain::content::ContentType;
use wharf_domain::document::{Document, Sha256Digest};
use wharf_domain::id::{ConnectionId, DocumentId, UserId};
use wharf_domain::item::ItemId;
use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::documents::Documents;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::users::Users;
use wharf_domain::provider::Provider;
use wharf_domain::time::Timestamp;
use wharf_domain::user::StoragePlace;

use crate::scratch::Scratch;

crate::on_both!(a_broken_row_is_named);

const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_421_730);
const CONNECTION: ConnectionId = ConnectionId::from_bytes([2; 16]);
const DOCUMENT: DocumentId = DocumentId::from_bytes([3; 16]);

async fn a_broken_row_is_named(scratch: Scratch) {
    let anna = scratch.with_user().await.id;
    insert_connection(&scratch, anna).await;
    insert_document(&scratch, anna).await;

    for (table, column, value) in [
        ("users", "email", "'nobody'"),
        ("users", "session_epoch", "4294967296"),
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
            "users" => (scratch.database.list(None, 1).await.err(), anna.to_string()),
            "connections" => {
                let listed = Connections::list(&scratch.database, anna).await;
                (listed.err(), CONNECTION.to_string())
            }
            _ => {
                let listed = Documents::list(&scratch.database, anna, None, 1).await;
                (listed.err(), DOCUMENT.to_string())
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

async fn insert_connection(scratch: &Scratch, owner: UserId) {
    let connection = Connection {
        id: CONNECTION,
        owner,
        provider: Provider::Webdav,
        account: AccountKey("anna".to_owned()),
        endpoint: Endpoint("https://cloud.example.com/".to_owned()),
        display_name: "Cloud".parse().unwrap(),
        status: ConnectionStatus {
            state: ConnectionState::Active,
            since: NOW,
        },
        credential: Some(SealedCredential(vec![1])),
        credential_version: 1,
        created_at: NOW,
    };
    let inserted = Connections::insert(&scratch.database, &connection, &[]).await;
    inserted.unwrap();
}

async fn insert_document(scratch: &Scratch, owner: UserId) {
    let document = Document {
        id: DOCUMENT,
        owner,
        name: "report.pdf".parse().unwrap(),
        content_type: ContentType::octet_stream(),
        size_bytes: 1,
        sha256: Sha256Digest([0; 32]),
        place: StoragePlace::House,
        item: ItemId::new("report.pdf").unwrap(),
        created_at: NOW,
    };
    let inserted = Documents::insert(&scratch.database, &document, &[]).await;
    assert!(inserted.unwrap());
}

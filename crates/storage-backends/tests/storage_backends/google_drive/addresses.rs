//! Where contents and tokens go, whatever an answer says (S-11, S-16).

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use wharf_domain::connection::Endpoint;
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::item::ItemId;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_domain::scopes::Scopes;
use wharf_domain::time::Timestamp;

use super::upload;
use crate::scripted::{Scripted, answer};
use crate::support::registry_within;

/// A Drive at a server that says what it likes.
fn drive_at(url: &str) -> Arc<dyn StorageBackend> {
    let _runtime = super::lasting().enter();
    let house = TempDir::new().unwrap();
    let registry = registry_within(house.path(), Duration::from_secs(2));
    let credential = Credential::OAuth(OAuthTokens {
        access_token: "the-token".into(),
        refresh_token: "unused".into(),
        issued_at: Timestamp::from_unix_seconds(0),
        expires_at: Timestamp::from_unix_seconds(3600),
        scopes: Scopes::default(),
    });
    registry.open(
        Provider::GoogleDrive,
        &Endpoint(url.trim_end_matches("dav/").to_owned()),
        &credential,
    )
}

fn json(body: &str) -> Vec<u8> {
    answer(200, "Content-Type: application/json\r\n", body)
}

/// What a write to a Drive comes to that opens its session at this address.
async fn session_at(location: &'static str) -> StorageErrorKind {
    let server = Scripted::start_open(move |request| {
        let path = &*request.path;
        if path.starts_with("/drive/v3/files/generateIds") {
            json(r#"{"ids": ["1new"]}"#)
        } else if path.starts_with("/upload/") {
            answer(200, &format!("Location: {location}\r\n"), "")
        } else {
            json(r#"{"files": []}"#)
        }
    });
    let drive = drive_at(&server.url());
    let (root, name) = (ItemId::root(), "a".parse().unwrap());
    let refused = drive
        .write(&root, &name, NameConflict::Fail, upload(b"secret", true))
        .await;
    refused.unwrap_err().kind
}

// S-16
#[tokio::test]
async fn a_session_elsewhere_gets_no_content() {
    for location in [
        "https://evil.example.com/upload?upload_id=1",
        "http://www.googleapis.com/upload?upload_id=1",
        "https://www.googleapis.com.evil.org/upload?upload_id=1",
        "https://www.googleapis.com@evil.org/upload?upload_id=1",
        "/upload?upload_id=1",
    ] {
        let kind = session_at(location).await;
        assert!(
            matches!(kind, StorageErrorKind::AddressRefused(_)),
            "{location}: {kind:?}"
        );
    }
}

// S-11, S-16
#[tokio::test]
async fn an_export_link_elsewhere_gets_no_token() {
    let trap = Scripted::start_open(|_| answer(200, "", "caught"));
    let link = trap.url();
    let server = Scripted::start_open(move |request| {
        if request.path.contains("/export") {
            answer(
                403,
                "Content-Type: application/json\r\n",
                r#"{"error": {"errors": [{"reason": "exportSizeLimitExceeded"}]}}"#,
            )
        } else {
            json(&format!(
                r#"{{"id": "1d", "name": "d", "mimeType": "application/vnd.google-apps.document",
                    "exportLinks": {{"application/pdf": "{link}"}}}}"#
            ))
        }
    });
    let drive = drive_at(&server.url());
    let refused = drive
        .read(&ItemId::new("1d").unwrap(), None)
        .await
        .unwrap_err();
    assert!(
        matches!(refused.kind, StorageErrorKind::AddressRefused(_)),
        "{refused:?}"
    );
    assert!(trap.requests().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_is_none_opens_nothing() {
    for endpoint in ["", "data:text/plain,a", "drive"] {
        let refused = drive_at(endpoint).probe().await.unwrap_err();
        assert!(
            matches!(refused.kind, StorageErrorKind::AddressRefused(_)),
            "{endpoint}"
        );
    }
}

// S-11: the session's address is a secret that lets in whoever knows it; the token stays behind.
#[tokio::test]
async fn parts_go_to_the_session_without_the_token() {
    let server = Scripted::start_open(|request| {
        let path = &*request.path;
        if path.starts_with("/drive/v3/files/generateIds") {
            json(r#"{"ids": ["1new"]}"#)
        } else if request.method == "PUT" {
            json(r#"{"id": "1new", "name": "a", "mimeType": "text/plain", "size": "6"}"#)
        } else if path.starts_with("/upload/") {
            let host = request.header("host").unwrap();
            answer(
                200,
                &format!("Location: http://{host}/upload/session?upload_id=1\r\n"),
                "",
            )
        } else {
            json(r#"{"files": []}"#)
        }
    });
    let drive = drive_at(&server.url());
    let (root, name) = (ItemId::root(), "a".parse().unwrap());
    let stored = drive
        .write(&root, &name, NameConflict::Fail, upload(b"secret", true))
        .await;
    assert_eq!(stored.unwrap().item.id, ItemId::new("1new").unwrap());
    for request in server.requests() {
        let token = request.header("authorization");
        let expected = (request.method != "PUT").then_some("Bearer the-token");
        assert_eq!(token, expected, "{} {}", request.method, request.path);
    }
}

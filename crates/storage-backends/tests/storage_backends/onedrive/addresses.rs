//! Where contents and tokens go, whatever an answer says (S-11, S-16).

use std::time::Duration;

use futures_util::TryStreamExt;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{
    Destination, NameConflict, StorageBackend, StorageError, StorageErrorKind,
};

use super::{open_at, pattern, upload};
use crate::scripted::{Request, Scripted, answer};

const SOON: Duration = Duration::from_secs(2);

fn json(body: &str) -> Vec<u8> {
    answer(200, "Content-Type: application/json\r\n", body)
}

/// A Graph whose every address is this one.
fn lending(address: &str) -> Scripted {
    let address = address.to_owned();
    Scripted::start_open(move |request: &Request| {
        let path = &*request.path;
        if path.ends_with("/createUploadSession") {
            json(&format!(r#"{{"uploadUrl": "{address}"}}"#))
        } else if path.contains("/copy") {
            answer(202, &format!("Location: {address}\r\n"), "")
        } else if path.contains("/children") {
            json(&format!(
                r#"{{"value": [{{"id": "01A", "name": "a", "file": {{}}}}], "@odata.nextLink": "{address}"}}"#
            ))
        } else if path.contains("new") {
            answer(404, "Content-Type: application/json\r\n", "{}")
        } else {
            json(&format!(
                r#"{{"id": "01A", "name": "a", "size": 4, "file": {{}}, "parentReference": {{"id": "01B"}},
                    "@microsoft.graph.downloadUrl": "{address}"}}"#
            ))
        }
    })
}

/// What each operation comes to that goes on at an address that Graph names.
async fn refusals(storage: &dyn StorageBackend) -> Vec<StorageError> {
    let file = ItemId::new("01A").unwrap();
    let to = Destination {
        folder: None,
        name: Some("new".parse().unwrap()),
        conflict: NameConflict::Fail,
    };
    let large = upload(&pattern(1_000_000), true);
    let (root, name) = (ItemId::root(), "new".parse().unwrap());
    let entries = storage.list(&root).await.unwrap();
    vec![
        storage.read(&file, None).await.unwrap_err(),
        storage.copy(&file, &to).await.unwrap_err(),
        storage
            .write(&root, &name, NameConflict::Fail, large)
            .await
            .unwrap_err(),
        entries.try_collect::<Vec<_>>().await.unwrap_err(),
    ]
}

// S-16
#[tokio::test]
async fn an_address_elsewhere_gets_nothing() {
    let trap = Scripted::start_open(|_| answer(200, "", "caught"));
    for address in [
        &*trap.url(),
        "https://evil.example.com/a",
        "http://contoso.sharepoint.com/a",
        "https://contoso.sharepoint.com.evil.org/a",
        "https://evilsharepoint.com/a",
        "https://sharepoint.com@evil.org/a",
        "https://13.107.136.10/a",
        "/relative",
    ] {
        let graph = lending(address);
        let storage = open_at(&graph.url(), "the-token", SOON);
        for refused in refusals(&*storage).await {
            assert!(
                matches!(refused.kind, StorageErrorKind::AddressRefused(_)),
                "{address}: {refused:?}"
            );
        }
    }
    assert!(trap.requests().is_empty());
}

// S-11: a page may lead back to Graph only, for it is asked for with the token; not to a library either.
#[tokio::test]
async fn a_page_at_another_of_microsofts_hosts_gets_no_token() {
    let graph = lending("https://contoso.sharepoint.com/page?$skiptoken=1");
    let storage = open_at(&graph.url(), "the-token", SOON);
    let entries = storage.list(&ItemId::root()).await.unwrap();
    let refused = entries.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(refused.kind, StorageErrorKind::AddressRefused(_)));
}

// S-11: whoever knows a lent address may use it, and the token stays behind.
#[tokio::test]
async fn lent_addresses_get_no_token() {
    let graph = Scripted::start_open(|request: &Request| {
        let host = request.header("host").unwrap();
        let lent = format!("http://{host}/lent?secret=1");
        match (&*request.method, &*request.path) {
            ("GET", "/lent?secret=1") => answer(200, "", "four"),
            ("PUT", "/lent?secret=1") => {
                let range = request.header("content-range").unwrap();
                match range.starts_with("bytes 0-") {
                    true => answer(
                        202,
                        "Content-Type: application/json\r\n",
                        r#"{"nextExpectedRanges": ["655360-"]}"#,
                    ),
                    false => json(r#"{"id": "01N", "name": "new", "size": 1000000, "file": {}}"#),
                }
            }
            (_, path) if path.ends_with("/createUploadSession") => {
                json(&format!(r#"{{"uploadUrl": "{lent}"}}"#))
            }
            (_, path) if path.contains("new") => answer(404, "", ""),
            _ => json(&format!(
                r#"{{"id": "01A", "name": "a", "size": 4, "file": {{}},
                    "@microsoft.graph.downloadUrl": "{lent}"}}"#
            )),
        }
    });
    let storage = open_at(&graph.url(), "the-token", SOON);
    let file = ItemId::new("01A").unwrap();
    let read = storage.read(&file, None).await.unwrap();
    assert_eq!(crate::support::collect(read).await.unwrap(), b"four");
    let large = upload(&pattern(1_000_000), true);
    let (root, name) = (ItemId::root(), "new".parse().unwrap());
    let stored = storage.write(&root, &name, NameConflict::Fail, large).await;
    assert_eq!(stored.unwrap().item.id, ItemId::new("01N").unwrap());
    let mut lent = 0;
    for request in graph.requests() {
        let is_lent = request.path.starts_with("/lent");
        lent += usize::from(is_lent);
        let token = request.header("authorization");
        assert_eq!(token, (!is_lent).then_some("Bearer the-token"));
        let agent = request.header("user-agent").unwrap();
        assert!(agent.starts_with("ISV|Wharf|Wharf/"), "{agent}");
    }
    assert_eq!(lent, 3);
}

//! What is shown of a drive.

use std::time::Duration;

use futures_util::TryStreamExt;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_sandbox::{Fault, RetryAfter};

use super::{BEN, CLARA, Drive, open_at, upload};
use crate::scripted::{Scripted, answer};
use crate::support::list;

// A thousand a page: ten requests, and not one more.
#[tokio::test]
async fn a_large_folder_comes_page_by_page() {
    let drive = Drive::of(CLARA).await;
    let folder = drive.at(&["Ten thousand files"]).await;
    let before = drive.asked().len();
    assert_eq!(drive.items(&folder).await.len(), 10_000);
    assert_eq!(drive.asked().len() - before, 10);
}

#[tokio::test]
async fn the_odd_names_of_a_thousand_files_are_shown() {
    let drive = Drive::of(CLARA).await;
    assert_eq!(drive.odd_files().await, 1000);
}

// A page in the middle that is refused for good ends the listing in an error, not in half a folder.
#[tokio::test]
async fn half_a_folder_is_an_error() {
    let drive = Drive::of(CLARA).await;
    let folder = drive.at(&["Ten thousand files"]).await;
    let patience = Fault::Answer {
        status: 429,
        error: Some("activityLimitReached".to_owned()),
        retry_after: Some(RetryAfter::Secs(600)),
        after_effect: false,
    };
    drive.inject("GET /v1.0/me/drive/items/*", patience, 3, 1);
    let entries = drive.storage.list(&folder).await.unwrap();
    let listed: Result<Vec<_>, _> = entries.try_collect().await;
    let retry_after = Some(Duration::from_secs(600));
    assert_eq!(
        listed.unwrap_err().kind,
        StorageErrorKind::RateLimited { retry_after }
    );
}

// OneDrive finds a name in any case, and keeps another from being had; we find only what was asked for.
#[tokio::test]
async fn only_exactly_the_name_is_found_and_no_other_case_is_free() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        let folder = drive.folder("cases").await;
        drive
            .store(&folder, "Name.txt", upload(b"a", true))
            .await
            .unwrap();
        let find = async |name: &str| {
            let found = drive.storage.find(&folder, &name.parse().unwrap()).await;
            found.unwrap().map(|item| item.name)
        };
        assert_eq!(find("Name.txt").await.as_deref(), Some("Name.txt"));
        assert_eq!(find("name.txt").await, None);
        let refused = drive.store(&folder, "NAME.TXT", upload(b"b", true)).await;
        assert_eq!(refused.unwrap_err().kind, StorageErrorKind::AlreadyExists);
    }
}

// I-02: a made-up id is no way to another resource.
#[tokio::test]
async fn an_id_that_is_none_of_onedrives_is_not_sent() {
    let drive = Drive::of(BEN).await;
    let before = drive.asked().len();
    for made_up in ["../../users", "root", "a/b", "a:/b:", "a?$select=id"] {
        let id = ItemId::new(made_up).unwrap();
        let refused = drive.storage.metadata(&id).await.unwrap_err();
        assert_eq!(refused.kind, StorageErrorKind::NotFound);
        let refused = drive.storage.delete(&id).await.unwrap_err();
        assert_eq!(refused.kind, StorageErrorKind::NotFound);
    }
    assert_eq!(drive.asked().len(), before);
}

// X-06: what is neither file nor folder here, or cannot be read, is left out and counted.
#[tokio::test]
async fn notebooks_and_what_others_share_are_left_out() {
    let graph = Scripted::start_open(|_| {
        let page = r#"{"value": [
            {"id": "01A", "name": "a.txt", "size": 1, "file": {}},
            {"id": "01B", "name": "notes", "package": {"type": "oneNote"}},
            {"id": "01C", "name": "theirs", "folder": {}, "remoteItem": {"id": "01X"}},
            {"id": "../x", "name": "odd", "file": {}},
            {"id": "01D", "name": "odd", "size": -1, "file": {}},
            {"name": "nothing"}
        ]}"#;
        answer(200, "Content-Type: application/json\r\n", page)
    });
    let storage = open_at(&graph.url(), "token", Duration::from_secs(2));
    let listed = list(&*storage, &ItemId::root()).await.unwrap();
    assert_eq!(crate::support::names(&listed.items), ["a.txt"]);
    assert_eq!(listed.skipped, 5);
}

// X-02: a folder that never ends does.
#[tokio::test]
async fn pages_that_lead_to_each_other_come_to_an_end() {
    let graph = Scripted::start_open(|request| {
        let host = request.header("host").unwrap();
        let next = format!("http://{host}/page?1");
        let page = format!(
            r#"{{"value": [{{"id": "01A", "name": "a", "file": {{}}}}], "@odata.nextLink": "{next}"}}"#
        );
        answer(200, "Content-Type: application/json\r\n", &page)
    });
    let storage = open_at(&graph.url(), "token", Duration::from_secs(2));
    let refused = list(&*storage, &ItemId::root()).await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Unavailable);
    assert_eq!(graph.requests().len(), 2);
}

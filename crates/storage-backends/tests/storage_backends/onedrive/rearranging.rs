//! Moving, copying and deleting.

use std::time::Duration;

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{Destination, NameConflict, Removal, StorageErrorKind};
use wharf_sandbox::Fault;

use super::{BEN, CLARA, Drive, open_at, upload};
use crate::scripted::{Scripted, answer};

fn to(folder: &ItemId, name: &str) -> Destination {
    Destination {
        folder: Some(folder.clone()),
        name: Some(name.parse().unwrap()),
        conflict: NameConflict::Fail,
    }
}

// The alias that the top folder has elsewhere is not taken as a destination.
#[tokio::test]
async fn an_item_is_moved_and_copied_to_the_top() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        let folder = drive.folder("below").await;
        let file = drive.store(&folder, "a", upload(b"a", true)).await;
        let file = file.unwrap().item.id;
        let copy = drive
            .storage
            .copy(&file, &to(&ItemId::root(), "copy"))
            .await;
        assert_eq!(drive.read(&copy.unwrap().id).await, b"a");
        let moved = drive
            .storage
            .relocate(&file, &to(&ItemId::root(), "moved"))
            .await;
        assert_eq!(moved.unwrap().id, file);
        assert_eq!(drive.at(&["moved"]).await, file);
        let again = drive
            .storage
            .relocate(&file, &to(&ItemId::root(), "moved"))
            .await;
        assert_eq!(again.unwrap_err().kind, StorageErrorKind::IntoItself);
    }
}

#[tokio::test]
async fn a_name_may_change_its_case() {
    let drive = Drive::of(BEN).await;
    let file = drive.at(&["Welcome.txt"]).await;
    let moved = drive
        .storage
        .relocate(&file, &to(&ItemId::root(), "WELCOME.txt"))
        .await;
    assert_eq!(moved.unwrap().name, "WELCOME.txt");
}

#[tokio::test]
async fn what_is_deleted_lies_in_the_bin() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        let file = drive.at(&["Welcome.txt"]).await;
        assert_eq!(drive.storage.delete(&file).await.unwrap(), Removal::Trashed);
        let bin = drive.sandbox.onedrive_recycle_bin(person);
        let names: Vec<_> = bin.iter().map(|item| &*item.name).collect();
        assert_eq!(names, ["Welcome.txt"]);
    }
}

// A repeat of what was done already finds it, and makes no second one.
#[tokio::test]
async fn what_was_made_without_an_answer_is_made_once() {
    let drive = Drive::of(CLARA).await;
    let folder = drive.folder("made").await;
    drive.inject("POST /v1.0/me/drive/items/*", Fault::LostAnswer, 0, 1);
    let sub = drive
        .storage
        .create_folder(&folder, &"sub".parse().unwrap())
        .await;
    let sub = sub.unwrap().id;
    drive.inject("PUT /v1.0/me/drive/items/*", Fault::LostAnswer, 0, 1);
    let file = drive.store(&folder, "file", upload(b"a", true)).await;
    let file = file.unwrap().item.id;
    drive.inject("PATCH /v1.0/me/drive/items/*", Fault::LostAnswer, 0, 1);
    drive
        .storage
        .relocate(&file, &to(&folder, "moved"))
        .await
        .unwrap();
    assert_eq!(drive.names(&folder).await, ["moved", "sub"]);
    drive.inject("DELETE /v1.0/me/drive/items/*", Fault::LostAnswer, 0, 1);
    drive.storage.delete(&sub).await.unwrap();
    assert_eq!(drive.items(&folder).await.len(), 1);
}

// An order that may have been taken is not given a second time, for that would make a second copy.
#[tokio::test]
async fn a_copy_is_ordered_once() {
    let drive = Drive::of(CLARA).await;
    let folder = drive.folder("copies").await;
    let file = drive.at(&["Welcome.txt"]).await;
    drive.inject("POST /v1.0/me/drive/items/*", Fault::LostAnswer, 0, 1);
    let lost = drive.storage.copy(&file, &to(&folder, "copy")).await;
    assert_eq!(lost.unwrap_err().kind, StorageErrorKind::Interrupted);
    let orders = drive.asked();
    let orders = orders.iter().filter(|asked| asked.ends_with("/copy"));
    assert_eq!(orders.count(), 1);
}

/// A Graph whose copies end like this.
fn copying(status: u16, body: &'static str) -> Scripted {
    Scripted::start_open(move |request| {
        let host = request.header("host").unwrap();
        match &*request.path {
            "/monitor" => answer(status, "Content-Type: application/json\r\n", body),
            path if path.contains("/copy") => {
                answer(202, &format!("Location: http://{host}/monitor\r\n"), "")
            }
            path if path.contains("01B") => answer(
                200,
                "Content-Type: application/json\r\n",
                r#"{"id": "01B", "name": "b", "folder": {}}"#,
            ),
            _ => answer(
                200,
                "Content-Type: application/json\r\n",
                r#"{"id": "01A", "name": "a", "size": 1, "file": {}, "parentReference": {"id": "01B"}}"#,
            ),
        }
    })
}

#[tokio::test]
async fn a_copy_that_fails_in_the_end_says_why() {
    for (status, body, kind) in [
        (
            200,
            r#"{"status": "failed", "error": {"code": "quotaLimitReached"}}"#,
            StorageErrorKind::Full,
        ),
        (
            200,
            r#"{"status": "failed", "error": {"code": "nameAlreadyExists"}}"#,
            StorageErrorKind::AlreadyExists,
        ),
        (
            200,
            r#"{"status": "failed", "error": {"code": "accessDenied"}}"#,
            StorageErrorKind::Forbidden,
        ),
        (
            200,
            r#"{"status": "failed"}"#,
            StorageErrorKind::Unavailable,
        ),
        (
            200,
            r#"{"status": "of a kind that nobody knows"}"#,
            StorageErrorKind::Unavailable,
        ),
        (200, "{}", StorageErrorKind::Unavailable),
        (404, "{}", StorageErrorKind::NotFound),
        // No token went there, so that none can have been refused.
        (401, "{}", StorageErrorKind::Unavailable),
    ] {
        let graph = copying(status, body);
        let storage = open_at(&graph.url(), "token", Duration::from_secs(2));
        let file = ItemId::new("01A").unwrap();
        let copied = storage
            .copy(&file, &to(&ItemId::new("01B").unwrap(), "b"))
            .await;
        assert_eq!(copied.unwrap_err().kind, kind, "{status} {body}");
    }
}

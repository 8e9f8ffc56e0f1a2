//! Shortcuts: what they lead to is what is read and listed, and they alone are what is deleted.

use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::{
    Destination, NameConflict, Removal, ReplaceGuard, StorageErrorKind,
};

use super::{Drive, upload};
use crate::support::names;

#[tokio::test]
async fn a_shortcut_is_opened_as_its_target() {
    let drive = Drive::start().await;
    let shortcut = drive.at(&["Shortcuts", "To a file"]).await;
    let target = drive.at(&["Shortcuts", "Target.txt"]).await;
    let told = drive.storage.metadata(&shortcut).await.unwrap();
    assert_eq!(
        (told.id.clone(), &*told.name),
        (shortcut.clone(), "To a file")
    );
    let of_target = drive.storage.metadata(&target).await.unwrap();
    assert_eq!(
        (told.size_bytes, told.etag),
        (of_target.size_bytes, of_target.etag)
    );
    assert_eq!(drive.read(&shortcut).await, b"You found the target.\n");

    let folder = drive.at(&["Shortcuts", "To a folder"]).await;
    assert_eq!(
        drive.storage.metadata(&folder).await.unwrap().kind,
        ItemKind::Folder
    );
    assert_eq!(names(&drive.items(&folder).await), ["2026"]);
    let stored = drive.store(&folder, "new.txt", upload(b"new", true)).await;
    let reports = drive.at(&["Reports", "new.txt"]).await;
    assert_eq!(stored.unwrap().item.id, reports);
}

#[tokio::test]
async fn a_shortcut_goes_to_the_bin_alone() {
    let drive = Drive::start().await;
    let shortcut = drive.at(&["Shortcuts", "To a file"]).await;
    assert_eq!(
        drive.storage.delete(&shortcut).await.unwrap(),
        Removal::Trashed
    );
    let gone = drive.storage.metadata(&shortcut).await.unwrap_err();
    assert_eq!(gone.kind, StorageErrorKind::NotFound);
    let target = drive.at(&["Shortcuts", "Target.txt"]).await;
    assert_eq!(drive.read(&target).await, b"You found the target.\n");
}

#[tokio::test]
async fn a_shortcut_to_nothing_is_shown_and_not_read() {
    let drive = Drive::start().await;
    let shortcut = drive.at(&["Shortcuts", "To nothing"]).await;
    let told = drive.storage.metadata(&shortcut).await.unwrap();
    assert_eq!((&*told.name, told.kind), ("To nothing", ItemKind::File));
    let refused = drive.storage.read(&shortcut, None).await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::NotFound);
}

#[tokio::test]
async fn what_is_written_to_a_shortcut_is_written_to_its_target() {
    let drive = Drive::start().await;
    let shortcut = drive.at(&["Shortcuts", "To a file"]).await;
    let replaced = drive
        .storage
        .replace(&shortcut, &ReplaceGuard::Exists, upload(b"new", true));
    let item = replaced.await.unwrap().item;
    assert_eq!((item.id, &*item.name), (shortcut, "To a file"));
    let target = drive.at(&["Shortcuts", "Target.txt"]).await;
    assert_eq!(drive.read(&target).await, b"new");
}

// A folder that is copied keeps its shortcuts as such.
#[tokio::test]
async fn a_copied_folder_holds_shortcuts_to_the_same_targets() {
    let drive = Drive::start().await;
    let source = drive.at(&["Shortcuts"]).await;
    let to = Destination {
        folder: None,
        name: Some("Copy".parse().unwrap()),
        conflict: NameConflict::Fail,
    };
    drive.storage.copy(&source, &to).await.unwrap();
    let target = drive.at(&["Shortcuts", "Target.txt"]).await;
    let changed = drive
        .storage
        .replace(&target, &ReplaceGuard::Exists, upload(b"new", true));
    changed.await.unwrap();
    let shortcut = drive.at(&["Copy", "To a file"]).await;
    assert_eq!(drive.read(&shortcut).await, b"new");
}

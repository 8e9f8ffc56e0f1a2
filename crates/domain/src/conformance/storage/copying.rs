//! Copying files and folders.

use super::fixture::{
    chunks, content, folder_in, items, name, names, pattern, refusal, store, to, upload,
};
use crate::item::{ItemId, ItemKind};
use crate::ports::storage::{
    Destination, NameConflict, ReplaceGuard, StorageBackend, StorageErrorKind,
};

/// A copy has the same bytes, and from then on each has its own.
pub async fn a_file_is_copied(storage: &dyn StorageBackend, folder: &ItemId) {
    let bytes = pattern(300_000);
    let file = store(storage, folder, &name("file"), &bytes).await;
    let copy = storage.copy(&file.id, &to(folder, "copy")).await.unwrap();
    assert_eq!(
        (copy.name.as_str(), copy.kind, copy.size_bytes),
        ("copy", ItemKind::File, Some(300_000))
    );
    assert_eq!(names(storage, folder).await, ["copy", "file"]);
    assert!(content(storage, &copy.id).await == bytes);

    let upload = upload(chunks(b"changed"), Some(7));
    let changed = storage.replace(&copy.id, &ReplaceGuard::Exists, upload);
    changed.await.unwrap();
    assert!(content(storage, &file.id).await == bytes);
    storage.delete(&file.id).await.unwrap();
    assert_eq!(content(storage, &copy.id).await, b"changed");
}

/// A folder is copied with all that it holds.
pub async fn a_folder_is_copied_with_its_content(storage: &dyn StorageBackend, folder: &ItemId) {
    let Some(source) = folder_in(storage, folder, "source").await else {
        return;
    };
    let target = folder_in(storage, folder, "target").await.unwrap();
    let deeper = folder_in(storage, &source, "deeper").await.unwrap();
    store(storage, &source, &name("file"), b"one").await;
    store(storage, &deeper, &name("file"), b"two").await;

    let own_name = Destination {
        name: None,
        ..to(&target, "unused")
    };
    let copy = storage.copy(&source, &own_name).await.unwrap();
    assert_eq!(
        (copy.name.as_str(), copy.kind),
        ("source", ItemKind::Folder)
    );
    for copied in [&copy.id, &source] {
        assert_eq!(names(storage, copied).await, ["deeper", "file"]);
        let held = items(storage, copied).await.unwrap();
        assert_eq!(content(storage, &held[1].id).await, b"one");
        let held = items(storage, &held[0].id).await.unwrap();
        assert_eq!(content(storage, &held[0].id).await, b"two");
    }
}

/// Nothing is ever overwritten; the lowest free number is taken where that is wanted.
pub async fn a_taken_name_is_not_copied_onto(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("a.txt"), b"file").await;
    let taken = store(storage, folder, &name("taken"), b"staying").await;
    let beside_itself = Destination {
        folder: None,
        name: None,
        conflict: NameConflict::Fail,
    };
    for destination in [&to(folder, "taken"), &beside_itself] {
        let copied = storage.copy(&file.id, destination).await;
        assert_eq!(refusal(copied), StorageErrorKind::AlreadyExists);
    }
    assert_eq!(content(storage, &taken.id).await, b"staying");
    assert_eq!(names(storage, folder).await, ["a.txt", "taken"]);

    let numbered = Destination {
        conflict: NameConflict::Number,
        ..beside_itself
    };
    let copied = storage.copy(&file.id, &numbered).await;
    if !storage.capabilities().any_name && copied.is_err() {
        assert_eq!(refusal(copied), StorageErrorKind::NameNotAllowed);
        return;
    }
    let copied = copied.unwrap();
    assert_eq!(copied.name, "a (2).txt");
    assert_eq!(content(storage, &copied.id).await, b"file");
    assert_eq!(
        names(storage, folder).await,
        ["a (2).txt", "a.txt", "taken"]
    );
}

/// What is missing cannot be copied, and nothing is copied to where no folder is.
pub async fn what_is_missing_is_not_copied(storage: &dyn StorageBackend, folder: &ItemId) {
    let gone = store(storage, folder, &name("gone"), b"").await.id;
    storage.delete(&gone).await.unwrap();
    let copied = storage.copy(&gone, &to(folder, "new")).await;
    assert_eq!(refusal(copied), StorageErrorKind::NotFound);
    let file = store(storage, folder, &name("file"), b"bytes").await;
    let copied = storage.copy(&file.id, &to(&gone, "new")).await;
    assert_eq!(refusal(copied), StorageErrorKind::NotFound);
    let other = store(storage, folder, &name("other"), b"").await;
    let copied = storage.copy(&file.id, &to(&other.id, "new")).await;
    assert_eq!(refusal(copied), StorageErrorKind::NotAFolder);
    assert_eq!(names(storage, folder).await, ["file", "other"]);
}

/// A folder does not hold a copy of itself, least of all one without end.
pub async fn nothing_is_copied_into_itself(storage: &dyn StorageBackend, folder: &ItemId) {
    let copied = storage.copy(&ItemId::root(), &to(folder, "top")).await;
    assert_eq!(refusal(copied), StorageErrorKind::IntoItself);
    let Some(sub) = folder_in(storage, folder, "sub").await else {
        return;
    };
    let deeper = folder_in(storage, &sub, "deeper").await.unwrap();
    for within in [&sub, &deeper] {
        let copied = storage.copy(&sub, &to(within, "new")).await;
        assert_eq!(refusal(copied), StorageErrorKind::IntoItself);
    }
    assert_eq!(names(storage, &sub).await, ["deeper"]);
    assert!(names(storage, &deeper).await.is_empty());
}

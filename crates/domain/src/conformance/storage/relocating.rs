//! Renaming and moving.

use super::fixture::{content, folder_in, items, name, names, pattern, refusal, store, to};
use crate::item::{ItemId, ItemKind};
use crate::ports::storage::{Destination, NameConflict, StorageBackend, StorageErrorKind};

/// An item under another name is the same in all else, and the old name is free.
pub async fn a_file_is_renamed(storage: &dyn StorageBackend, folder: &ItemId) {
    let bytes = pattern(1000);
    let old = store(storage, folder, &name("old.txt"), &bytes).await;
    let rename = Destination {
        folder: None,
        ..to(folder, "new.txt")
    };
    let new = storage.relocate(&old.id, &rename).await.unwrap();
    assert_eq!(
        (new.name.as_str(), new.kind, new.size_bytes),
        ("new.txt", ItemKind::File, Some(1000))
    );
    assert_eq!(names(storage, folder).await, ["new.txt"]);
    assert!(content(storage, &new.id).await == bytes);
    let found = storage.find(folder, &name("new.txt")).await.unwrap();
    assert_eq!(found.unwrap().id, new.id);
    assert_eq!(storage.find(folder, &name("old.txt")).await.unwrap(), None);
    let again = store(storage, folder, &name("old.txt"), b"again").await;
    assert_eq!(content(storage, &again.id).await, b"again");
}

/// A file goes from one folder to another, under its own name or a new one.
pub async fn a_file_is_moved_to_another_folder(storage: &dyn StorageBackend, folder: &ItemId) {
    let Some(sub) = folder_in(storage, folder, "sub").await else {
        return;
    };
    let file = store(storage, folder, &name("file"), b"bytes").await;
    let move_down = Destination {
        name: None,
        ..to(&sub, "unused")
    };
    let moved = storage.relocate(&file.id, &move_down).await.unwrap();
    assert_eq!(moved.name, "file");
    assert_eq!(names(storage, folder).await, ["sub"]);
    assert_eq!(names(storage, &sub).await, ["file"]);
    assert_eq!(content(storage, &moved.id).await, b"bytes");
    let back = storage.relocate(&moved.id, &to(folder, "back")).await;
    assert_eq!(content(storage, &back.unwrap().id).await, b"bytes");
    assert_eq!(names(storage, folder).await, ["back", "sub"]);
    assert!(names(storage, &sub).await.is_empty());
}

/// A folder takes along what it holds, however deep.
pub async fn a_folder_is_moved_with_its_content(storage: &dyn StorageBackend, folder: &ItemId) {
    let Some(source) = folder_in(storage, folder, "source").await else {
        return;
    };
    let target = folder_in(storage, folder, "target").await.unwrap();
    let deeper = folder_in(storage, &source, "deeper").await.unwrap();
    store(storage, &source, &name("file"), b"one").await;
    store(storage, &deeper, &name("file"), b"two").await;

    let moved = storage.relocate(&source, &to(&target, "moved")).await;
    let moved = moved.unwrap();
    assert_eq!(
        (moved.name.as_str(), moved.kind),
        ("moved", ItemKind::Folder)
    );
    assert_eq!(names(storage, folder).await, ["target"]);
    assert_eq!(names(storage, &moved.id).await, ["deeper", "file"]);
    let held = items(storage, &moved.id).await.unwrap();
    assert_eq!(content(storage, &held[1].id).await, b"one");
    let held = items(storage, &held[0].id).await.unwrap();
    assert_eq!(content(storage, &held[0].id).await, b"two");
    // An id that is a path alone names nothing any more; one that stays with its item names the item.
    match storage.metadata(&source).await {
        Ok(told) => assert_eq!((told.id, told.name.as_str()), (moved.id, "moved")),
        Err(error) => {
            assert_ne!(moved.id, source);
            assert_eq!(error.kind, StorageErrorKind::NotFound);
        }
    }
}

/// Nothing is ever overwritten, and what could not be moved stays.
pub async fn a_taken_name_is_not_moved_onto(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("file"), b"moving").await;
    let taken = store(storage, folder, &name("taken"), b"staying").await;
    let moved = storage.relocate(&file.id, &to(folder, "taken")).await;
    assert_eq!(refusal(moved), StorageErrorKind::AlreadyExists);
    if let Some(sub) = folder_in(storage, folder, "sub").await {
        store(storage, &sub, &name("kept"), b"kept").await;
        let moved = storage.relocate(&file.id, &to(folder, "sub")).await;
        assert_eq!(refusal(moved), StorageErrorKind::AlreadyExists);
        let moved = storage.relocate(&sub, &to(folder, "taken")).await;
        assert_eq!(refusal(moved), StorageErrorKind::AlreadyExists);
        assert_eq!(names(storage, &sub).await, ["kept"]);
        storage.delete(&sub).await.unwrap();
    }
    assert_eq!(content(storage, &file.id).await, b"moving");
    assert_eq!(content(storage, &taken.id).await, b"staying");
    assert_eq!(names(storage, folder).await, ["file", "taken"]);
}

/// The lowest free number is taken. A storage of plain names cannot keep a number in brackets.
pub async fn a_taken_name_is_numbered_on_demand(storage: &dyn StorageBackend, folder: &ItemId) {
    store(storage, folder, &name("a.txt"), b"staying").await;
    let file = store(storage, folder, &name("file"), b"moving").await;
    let numbered = Destination {
        conflict: NameConflict::Number,
        ..to(folder, "a.txt")
    };
    let moved = storage.relocate(&file.id, &numbered).await;
    if !storage.capabilities().any_name && moved.is_err() {
        assert_eq!(refusal(moved), StorageErrorKind::NameNotAllowed);
        assert_eq!(names(storage, folder).await, ["a.txt", "file"]);
        return;
    }
    let moved = moved.unwrap();
    assert_eq!(moved.name, "a (2).txt");
    assert_eq!(content(storage, &moved.id).await, b"moving");
    assert_eq!(names(storage, folder).await, ["a (2).txt", "a.txt"]);
}

/// However close the race, both contents are there in the end, one of them under the name.
pub async fn of_two_movers_to_one_name_one_wins(storage: &dyn StorageBackend, folder: &ItemId) {
    for round in 0..5 {
        let wanted = format!("wanted-{round}");
        let one = store(storage, folder, &name("one"), b"one").await;
        let other = store(storage, folder, &name("other"), b"other").await;
        let destination = to(folder, &wanted);
        let moved = futures_util::future::join(
            storage.relocate(&one.id, &destination),
            storage.relocate(&other.id, &destination),
        );
        let (winner, loser, stayed) = match moved.await {
            (Ok(winner), Err(loser)) => (winner, loser, other),
            (Err(loser), Ok(winner)) => (winner, loser, one),
            (one, other) => panic!("one mover must win: {one:?}, {other:?}"),
        };
        assert_eq!(loser.kind, StorageErrorKind::AlreadyExists);
        let expected: &[u8] = if stayed.name == "one" {
            b"other"
        } else {
            b"one"
        };
        assert_eq!(content(storage, &winner.id).await, expected);
        assert_eq!(content(storage, &stayed.id).await, stayed.name.as_bytes());
        storage.delete(&stayed.id).await.unwrap();
    }
}

/// What is missing cannot be moved, and nothing is moved to where no folder is.
pub async fn what_is_missing_is_not_moved(storage: &dyn StorageBackend, folder: &ItemId) {
    let gone = store(storage, folder, &name("gone"), b"").await.id;
    storage.delete(&gone).await.unwrap();
    let moved = storage.relocate(&gone, &to(folder, "new")).await;
    assert_eq!(refusal(moved), StorageErrorKind::NotFound);
    let file = store(storage, folder, &name("file"), b"bytes").await;
    let moved = storage.relocate(&file.id, &to(&gone, "new")).await;
    assert_eq!(refusal(moved), StorageErrorKind::NotFound);
    let other = store(storage, folder, &name("other"), b"").await;
    let moved = storage.relocate(&file.id, &to(&other.id, "new")).await;
    assert_eq!(refusal(moved), StorageErrorKind::NotAFolder);
    assert_eq!(names(storage, folder).await, ["file", "other"]);
    assert_eq!(content(storage, &file.id).await, b"bytes");
}

/// A move onto itself or into its own child is refused, and harms nothing.
pub async fn nothing_is_moved_into_itself(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("file"), b"bytes").await;
    for conflict in [NameConflict::Fail, NameConflict::Number] {
        let stay = Destination {
            conflict,
            ..to(folder, "file")
        };
        let moved = storage.relocate(&file.id, &stay).await;
        assert_eq!(refusal(moved), StorageErrorKind::IntoItself);
    }
    let stay = Destination {
        folder: None,
        name: None,
        conflict: NameConflict::Fail,
    };
    let moved = storage.relocate(&file.id, &stay).await;
    assert_eq!(refusal(moved), StorageErrorKind::IntoItself);
    assert_eq!(content(storage, &file.id).await, b"bytes");
    if let Some(sub) = folder_in(storage, folder, "sub").await {
        let deeper = folder_in(storage, &sub, "deeper").await.unwrap();
        for within in [&sub, &deeper] {
            let moved = storage.relocate(&sub, &to(within, "new")).await;
            assert_eq!(refusal(moved), StorageErrorKind::IntoItself);
        }
        assert_eq!(names(storage, &sub).await, ["deeper"]);
        assert!(names(storage, &deeper).await.is_empty());
    }
}

/// The account's top folder has no other place.
pub async fn the_top_folder_is_not_moved(storage: &dyn StorageBackend, folder: &ItemId) {
    let moved = storage.relocate(&ItemId::root(), &to(folder, "top")).await;
    assert_eq!(refusal(moved), StorageErrorKind::Forbidden);
    assert!(names(storage, folder).await.is_empty());
}

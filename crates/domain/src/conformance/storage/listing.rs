//! Folders and what lies in them.

use futures_util::TryStreamExt;

use super::fixture::{folder_in, items, name, names, pattern, refusal, store};
use crate::item::{ItemId, ItemKind};
use crate::ports::storage::{StorageBackend, StorageErrorKind};

/// Asked twice, a storage names the same account.
pub async fn the_account_is_told(storage: &dyn StorageBackend, _folder: &ItemId) {
    let account = storage.probe().await.unwrap();
    assert!(!account.key.0.is_empty());
    assert!(!account.label.is_empty());
    assert_eq!(storage.probe().await.unwrap().key, account.key);
}

/// An empty folder has no entries, not even itself.
pub async fn a_fresh_folder_is_empty(storage: &dyn StorageBackend, folder: &ItemId) {
    assert_eq!(items(storage, folder).await.unwrap(), []);
}

/// Files and folders are listed with kind and size; what lies deeper is not.
pub async fn exactly_the_direct_children_are_listed(storage: &dyn StorageBackend, folder: &ItemId) {
    let a = store(storage, folder, &name("a.txt"), &pattern(3)).await;
    let b = store(storage, folder, &name("b.txt"), &[]).await;
    let mut expected = vec![
        (a.id, "a.txt".to_owned(), ItemKind::File, Some(3)),
        (b.id, "b.txt".to_owned(), ItemKind::File, Some(0)),
    ];
    if storage.capabilities().folders {
        let sub = storage.create_folder(folder, &name("sub")).await.unwrap();
        store(storage, &sub.id, &name("deeper.txt"), &pattern(3)).await;
        expected.push((sub.id, "sub".to_owned(), ItemKind::Folder, None));
    }
    let listed = items(storage, folder).await.unwrap();
    let listed: Vec<_> = listed
        .into_iter()
        .map(|item| (item.id, item.name, item.kind, item.size_bytes))
        .collect();
    assert_eq!(listed, expected);
}

/// A folder in a folder is one like any other.
pub async fn folders_nest(storage: &dyn StorageBackend, folder: &ItemId) {
    if !storage.capabilities().folders {
        let made = storage.create_folder(folder, &name("a")).await;
        assert_eq!(refusal(made), StorageErrorKind::Unsupported);
        return;
    }
    let mut deepest = folder.clone();
    for segment in ["a", "b", "c"] {
        let made = storage
            .create_folder(&deepest, &name(segment))
            .await
            .unwrap();
        assert_eq!((made.name.as_str(), made.kind), (segment, ItemKind::Folder));
        assert_eq!(names(storage, &deepest).await, [segment]);
        deepest = made.id;
    }
    store(storage, &deepest, &name("file"), &pattern(10)).await;
    assert_eq!(names(storage, &deepest).await, ["file"]);
    assert_eq!(names(storage, folder).await, ["a"]);
}

/// Listing a file says so, at once or when the listing is read.
pub async fn a_file_is_not_a_folder(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("file"), &pattern(10)).await;
    let listed = items(storage, &file.id).await;
    assert_eq!(refusal(listed), StorageErrorKind::NotAFolder);
}

/// Listing what is not there says so.
pub async fn a_missing_folder_is_not_found(storage: &dyn StorageBackend, folder: &ItemId) {
    let gone = store(storage, folder, &name("gone"), &[]).await;
    storage.delete(&gone.id).await.unwrap();
    let listed = items(storage, &gone.id).await;
    assert_eq!(refusal(listed), StorageErrorKind::NotFound);
}

/// A name is taken once, by a file or a folder.
pub async fn a_folder_is_made_once(storage: &dyn StorageBackend, folder: &ItemId) {
    if !storage.capabilities().folders {
        let made = storage.create_folder(folder, &name("sub")).await;
        assert_eq!(refusal(made), StorageErrorKind::Unsupported);
        return;
    }
    let sub = storage.create_folder(folder, &name("sub")).await.unwrap();
    store(storage, &sub.id, &name("kept"), &pattern(10)).await;
    store(storage, folder, &name("file"), &pattern(10)).await;
    for taken in ["sub", "file"] {
        let again = storage.create_folder(folder, &name(taken)).await;
        assert_eq!(refusal(again), StorageErrorKind::AlreadyExists, "{taken}");
    }
    assert_eq!(names(storage, &sub.id).await, ["kept"]);
}

/// No folder is made where its parent is not.
pub async fn a_folder_needs_a_parent(storage: &dyn StorageBackend, folder: &ItemId) {
    if !storage.capabilities().folders {
        let made = storage.create_folder(folder, &name("sub")).await;
        assert_eq!(refusal(made), StorageErrorKind::Unsupported);
        return;
    }
    let gone = storage.create_folder(folder, &name("gone")).await.unwrap();
    storage.delete(&gone.id).await.unwrap();
    let made = storage.create_folder(&gone.id, &name("sub")).await;
    assert_eq!(refusal(made), StorageErrorKind::NotFound);
    let file = store(storage, folder, &name("file"), &[]).await;
    let made = storage.create_folder(&file.id, &name("sub")).await;
    assert_eq!(refusal(made), StorageErrorKind::NotAFolder);
    assert_eq!(names(storage, folder).await, ["file"]);
}

/// What was read until then comes, or an error that says why; and the folder is gone.
pub async fn a_folder_deleted_while_it_is_listed_ends_the_listing(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let Some(sub) = folder_in(storage, folder, "sub").await else {
        return;
    };
    for number in 0..30 {
        store(storage, &sub, &name(&format!("file-{number}")), b"").await;
    }
    let mut entries = storage.list(&sub).await.unwrap();
    storage.delete(&sub).await.unwrap();
    let mut listed = 0;
    loop {
        match entries.try_next().await {
            Ok(Some(batch)) => listed += batch.items.len(),
            Ok(None) => break,
            Err(error) => {
                let is_told = matches!(
                    error.kind,
                    StorageErrorKind::NotFound
                        | StorageErrorKind::Interrupted
                        | StorageErrorKind::WrongProtocol
                );
                assert!(is_told, "{error:?}");
                break;
            }
        }
    }
    assert!(listed <= 30, "{listed} of 30");
    let again = items(storage, &sub).await;
    assert_eq!(refusal(again), StorageErrorKind::NotFound);
}

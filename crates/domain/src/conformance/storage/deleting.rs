//! Deleting files and folders.

use super::fixture::{content, items, name, names, pattern, refusal, store};
use crate::item::ItemId;
use crate::ports::storage::{StorageBackend, StorageErrorKind};

/// One file goes, its neighbours stay, and its name is free again.
pub async fn a_deleted_file_is_gone(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("file"), &pattern(10)).await;
    let neighbour = store(storage, folder, &name("file2"), b"neighbour").await;
    storage.delete(&file.id).await.unwrap();
    assert_eq!(names(storage, folder).await, ["file2"]);
    assert_eq!(storage.find(folder, &name("file")).await.unwrap(), None);
    assert_eq!(content(storage, &neighbour.id).await, b"neighbour");
    let again = store(storage, folder, &name("file"), b"again").await;
    assert_eq!(content(storage, &again.id).await, b"again");
}

/// A folder goes with all that it holds.
pub async fn a_deleted_folder_takes_its_content_along(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    if !storage.capabilities().folders {
        let made = storage.create_folder(folder, &name("sub")).await;
        assert_eq!(refusal(made), StorageErrorKind::Unsupported);
        return;
    }
    let sub = storage.create_folder(folder, &name("sub")).await.unwrap();
    let deeper = storage
        .create_folder(&sub.id, &name("deeper"))
        .await
        .unwrap();
    let file = store(storage, &deeper.id, &name("file"), &pattern(10)).await;
    storage.delete(&sub.id).await.unwrap();
    assert_eq!(items(storage, folder).await.unwrap(), []);
    let told = storage.metadata(&file.id).await;
    assert_eq!(refusal(told), StorageErrorKind::NotFound);
}

/// Deleting twice is an error the second time, and harms nothing.
pub async fn what_is_missing_cannot_be_deleted(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("file"), &pattern(10)).await;
    storage.delete(&file.id).await.unwrap();
    let again = storage.delete(&file.id).await;
    assert_eq!(refusal(again), StorageErrorKind::NotFound);
}

/// A whole account is never deleted by one call.
pub async fn the_top_folder_cannot_be_deleted(storage: &dyn StorageBackend, folder: &ItemId) {
    store(storage, folder, &name("file"), &pattern(10)).await;
    let deleted = storage.delete(&ItemId::root()).await;
    assert_eq!(refusal(deleted), StorageErrorKind::Forbidden);
    assert_eq!(names(storage, folder).await, ["file"]);
}

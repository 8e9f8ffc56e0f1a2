//! The house's storage in a folder of the local disk.

use std::path::Path;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use tempfile::TempDir;
use wharf_domain::conformance::storage::Opened;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::id::UserId;
use wharf_domain::item::{ItemId, ItemName};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageErrorKind};

use crate::support::{list_top, names, registry};

wharf_domain::storage_conformance!(house, crate::house::opened());

pub(crate) fn opened() -> Opened {
    let folder = TempDir::new().unwrap();
    Opened {
        storage: registry(folder.path()).house(user(1)),
        kept: Box::new(folder),
    }
}

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

async fn store(storage: &dyn StorageBackend, name: &str) -> ItemId {
    let name: ItemName = name.parse().unwrap();
    let upload = Upload {
        content: stream::iter([Ok("bytes".into())]).boxed(),
        size_bytes: Some(5),
        content_type: ContentType::octet_stream(),
    };
    let root = ItemId::root();
    let stored = storage
        .write(&root, &name, NameConflict::Fail, upload)
        .await;
    stored.unwrap().item.id
}

/// Every file below, however deep.
fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

#[tokio::test]
async fn one_user_sees_nothing_of_another() {
    let folder = TempDir::new().unwrap();
    let registry = registry(folder.path());
    let (anna, bert) = (registry.house(user(1)), registry.house(user(2)));
    let id = store(&*anna, "secret").await;
    assert_eq!(list_top(&*bert).await.unwrap().items, []);
    let read = bert.read(&id, None).await;
    assert_eq!(read.unwrap_err().kind, StorageErrorKind::NotFound);
    let deleted = bert.delete(&id).await;
    assert_eq!(deleted.unwrap_err().kind, StorageErrorKind::NotFound);
    assert_eq!(names(&list_top(&*anna).await.unwrap().items), ["secret"]);
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let id = store(&*registry(folder.path()).house(user(1)), "kept").await;
    let again = registry(folder.path()).house(user(1));
    assert_eq!(again.metadata(&id).await.unwrap().size_bytes, Some(5));
}

#[tokio::test]
async fn nothing_but_the_file_itself_is_left_on_the_disk() {
    let folder = TempDir::new().unwrap();
    let storage = registry(folder.path()).house(user(1));
    let id = store(&*storage, "file").await;
    assert_eq!(files_below(folder.path()), 1);
    storage.delete(&id).await.unwrap();
    assert_eq!(files_below(folder.path()), 0);
}

//
#[tokio::test]
async fn a_broken_off_upload_leaves_nothing_on_the_disk() {
    let folder = TempDir::new().unwrap();
    let storage = registry(folder.path()).house(user(1));
    let upload = Upload {
        content: stream::iter([Ok(vec![7; 300_000].into())]).boxed(),
        size_bytes: Some(300_001),
        content_type: ContentType::octet_stream(),
    };
    let name: ItemName = "file".parse().unwrap();
    let root = ItemId::root();
    let stored = storage
        .write(&root, &name, NameConflict::Fail, upload)
        .await;
    assert_eq!(
        stored.unwrap_err().kind,
        StorageErrorKind::UploadInterrupted
    );
    assert_eq!(files_below(folder.path()), 0);
}

//
#[tokio::test]
async fn a_cancelled_upload_leaves_nothing_on_the_disk() {
    let folder = TempDir::new().unwrap();
    let storage = registry(folder.path()).house(user(1));
    let chunks = stream::iter([Ok(vec![7; 300_000].into())]);
    let upload = Upload {
        content: chunks.chain(stream::pending()).boxed(),
        size_bytes: None,
        content_type: ContentType::octet_stream(),
    };
    let task = {
        let storage = Arc::clone(&storage);
        tokio::spawn(async move {
            let (root, name) = (ItemId::root(), "file".parse().unwrap());
            storage
                .write(&root, &name, NameConflict::Fail, upload)
                .await
        })
    };
    while files_below(folder.path()) == 0 {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    // The clearing up runs in the background; it hangs only if it is forgotten.
    while files_below(folder.path()) > 0 {
        tokio::task::yield_now().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_enter_the_house() {
    use std::os::unix::fs::PermissionsExt;
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("data").join("documents");
    registry(&folder);
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

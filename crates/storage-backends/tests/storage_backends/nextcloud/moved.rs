//! Items that others move: an id names the item and not its place.

use super::*;
use wharf_domain::ports::storage::{Destination, Removal, ReplaceGuard};

fn to(folder: Option<&Item>, name: Option<&str>) -> Destination {
    Destination {
        folder: folder.map(|folder| folder.id.clone()),
        name: name.map(|name| name.parse().unwrap()),
        conflict: NameConflict::Fail,
    }
}

#[tokio::test]
async fn an_item_that_was_moved_is_found_by_its_old_id() {
    for is_beneath_sub_path in [false, true] {
        let cloud = Cloud::start(is_beneath_sub_path).await;
        let storage = &cloud.storage;
        let (root, name) = (ItemId::root(), "\u{dc}ber uns".parse().unwrap());
        let folder = storage.create_folder(&root, &name).await.unwrap();
        let file = cloud.store("report.pdf", b"of mine").await.unwrap().item;
        let moved = storage
            .relocate(&file.id, &to(Some(&folder), Some("r & s.pdf")))
            .await;
        assert_eq!(storage.metadata(&file.id).await.unwrap(), moved.unwrap());
        assert_eq!(content(&**storage, &file).await, b"of mine");

        // Another file in its place is not taken for it.
        let other = cloud.store("report.pdf", b"somebody's").await.unwrap().item;
        assert_eq!(content(&**storage, &file).await, b"of mine");
        assert_eq!(storage.delete(&file.id).await.unwrap(), Removal::Trashed);
        assert_eq!(content(&**storage, &other).await, b"somebody's");
        let gone = storage.metadata(&file.id).await.unwrap_err();
        assert_eq!(gone.kind, StorageErrorKind::NotFound);
    }
}

#[tokio::test]
async fn a_replaced_file_is_the_same_item() {
    let cloud = Cloud::start(false).await;
    let file = cloud.store("a.txt", b"old").await.unwrap().item;
    let new = cloud
        .storage
        .replace(&file.id, &ReplaceGuard::Exists, upload(b"new"))
        .await;
    assert_eq!(new.unwrap().item.id, file.id);
    assert_eq!(content(&*cloud.storage, &file).await, b"new");
}

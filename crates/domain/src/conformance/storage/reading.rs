//! Contents, and what is known of items.

use futures_util::TryStreamExt;

use super::fixture::{content, items, name, part, pattern, refusal, store};
use crate::item::{ItemId, ItemKind};
use crate::ports::storage::{StorageBackend, StorageErrorKind};
use crate::range::ByteRange;

const MIB: usize = 1024 * 1024;

/// No byte is lost or added, from none to more than a mebibyte.
pub async fn contents_of_every_size_come_back(storage: &dyn StorageBackend, folder: &ItemId) {
    for size in [0, 1, MIB + 1] {
        let expected = pattern(size);
        let file = store(storage, folder, &name(&format!("{size}.bin")), &expected).await;
        assert_eq!(file.size_bytes, Some(size as u64));
        assert!(content(storage, &file.id).await == expected, "{size} bytes");
    }
}

/// Nothing collects a content on the way.
pub async fn a_large_content_comes_in_chunks(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("large.bin"), &pattern(4 * MIB)).await;
    let download = storage.read(&file.id, None).await.unwrap();
    let mut chunks = download.content;
    let (mut count, mut largest) = (0, 0);
    while let Some(chunk) = chunks.try_next().await.unwrap() {
        count += 1;
        largest = largest.max(chunk.len());
    }
    assert!(
        count >= 4 && largest <= MIB,
        "{count} chunks, {largest} bytes the largest"
    );
}

/// Every form of range gives its bytes, cut to the content.
pub async fn parts_of_a_content_come_back(storage: &dyn StorageBackend, folder: &ItemId) {
    let whole = pattern(1000);
    let file = store(storage, folder, &name("file"), &whole).await;
    for (range, expected) in [
        (ByteRange::From(0), &whole[..]),
        (ByteRange::From(990), &whole[990..]),
        (ByteRange::Between(0, 0), &whole[..1]),
        (ByteRange::Between(10, 19), &whole[10..20]),
        (ByteRange::Between(999, 999), &whole[999..]),
        (ByteRange::Between(990, 5000), &whole[990..]),
        (ByteRange::Last(10), &whole[990..]),
        (ByteRange::Last(5000), &whole[..]),
    ] {
        let part = part(storage, &file.id, range).await.unwrap();
        assert!(part == expected, "{range:?} gave {} bytes", part.len());
    }
}

/// A range without a byte of the content is refused, with the content's size where it is known.
pub async fn a_range_outside_the_content_is_refused(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name("file"), &pattern(1000)).await;
    for range in [ByteRange::From(1000), ByteRange::Between(2000, 3000)] {
        match part(storage, &file.id, range).await {
            Err(StorageErrorKind::RangeNotSatisfiable { total }) => {
                assert!(total.is_none_or(|total| total == 1000), "{total:?}");
            }
            other => panic!("{range:?} gave {other:?}"),
        }
    }
}

/// Name, kind and size; and the id leads back, also as text.
pub async fn what_is_known_of_a_file_is_told(storage: &dyn StorageBackend, folder: &ItemId) {
    let stored = store(storage, folder, &name("file.txt"), &pattern(1000)).await;
    let id: ItemId = stored.id.to_string().parse().unwrap();
    let told = storage.metadata(&id).await.unwrap();
    assert_eq!(told.id, stored.id);
    assert_eq!(
        (told.name.as_str(), told.kind),
        ("file.txt", ItemKind::File)
    );
    assert_eq!(told.size_bytes, Some(1000));
}

/// The top folder, and any other, is a folder without a size.
pub async fn what_is_known_of_a_folder_is_told(storage: &dyn StorageBackend, folder: &ItemId) {
    let top = storage.metadata(&ItemId::root()).await.unwrap();
    assert_eq!((top.id, top.kind), (ItemId::root(), ItemKind::Folder));
    let told = storage.metadata(folder).await.unwrap();
    assert_eq!(&told.id, folder);
    assert_eq!((told.kind, told.size_bytes), (ItemKind::Folder, None));
}

/// What was deleted is nowhere.
pub async fn what_is_missing_is_not_found(storage: &dyn StorageBackend, folder: &ItemId) {
    let gone = store(storage, folder, &name("gone"), &pattern(10)).await;
    storage.delete(&gone.id).await.unwrap();
    let told = storage.metadata(&gone.id).await;
    assert_eq!(refusal(told), StorageErrorKind::NotFound);
    let read = storage.read(&gone.id, None).await;
    assert_eq!(refusal(read), StorageErrorKind::NotFound);
}

/// A child is found by its whole name, in its folder only.
pub async fn a_child_is_found_by_its_name(storage: &dyn StorageBackend, folder: &ItemId) {
    let stored = store(storage, folder, &name("file.txt"), &pattern(10)).await;
    let found = storage.find(folder, &name("file.txt")).await.unwrap();
    assert_eq!(found.unwrap().id, stored.id);
    for absent in ["file", "file.txt.bak", "txt"] {
        let found = storage.find(folder, &name(absent)).await.unwrap();
        assert_eq!(found, None, "{absent}");
    }
    if storage.capabilities().folders {
        let sub = storage.create_folder(folder, &name("sub")).await.unwrap();
        let found = storage.find(folder, &name("sub")).await.unwrap().unwrap();
        assert_eq!((found.id, found.kind), (sub.id.clone(), ItemKind::Folder));
        assert_eq!(
            storage.find(&sub.id, &name("file.txt")).await.unwrap(),
            None
        );
    }
}

/// A folder has no content.
pub async fn a_folder_is_not_a_file(storage: &dyn StorageBackend, folder: &ItemId) {
    let read = storage.read(folder, None).await;
    assert_eq!(refusal(read), StorageErrorKind::NotAFile);
}

/// Ids come from clients, so a made-up one must lead nowhere, least of all out of the storage (I-02).
pub async fn a_made_up_id_names_nothing(storage: &dyn StorageBackend, folder: &ItemId) {
    store(storage, folder, &name("file"), &pattern(10)).await;
    for item in [
        "..",
        ".",
        "/",
        "../",
        "../..",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "%2e%2e",
        "a\0b",
        "a\nb",
        "\u{fffd}",
    ] {
        let id = ItemId::new(item).unwrap();
        let told = storage.metadata(&id).await;
        assert_eq!(refusal(told), StorageErrorKind::NotFound, "{item:?}");
        let read = storage.read(&id, None).await;
        assert_eq!(refusal(read), StorageErrorKind::NotFound, "{item:?}");
        let listed = items(storage, &id).await;
        assert_eq!(refusal(listed), StorageErrorKind::NotFound, "{item:?}");
        let deleted = storage.delete(&id).await;
        assert_eq!(refusal(deleted), StorageErrorKind::NotFound, "{item:?}");
    }
}

//! Replacing a file's content by another.

use super::fixture::{
    announcements, chunks, content, interrupted, name, names, pattern, refusal, store, upload,
};
use crate::entity_tag::EntityTag;
use crate::item::{Item, ItemId};
use crate::ports::storage::{ReplaceGuard, StorageBackend, StorageError, StorageErrorKind};

async fn replace(
    storage: &dyn StorageBackend,
    file: &ItemId,
    guard: &ReplaceGuard,
    bytes: &[u8],
) -> Result<Item, StorageError> {
    let upload = upload(chunks(bytes), Some(bytes.len()));
    let written = storage.replace(file, guard, upload).await;
    written.map(|written| written.item)
}

fn of_tag(etag: EntityTag) -> ReplaceGuard {
    ReplaceGuard::Matches(vec!["\"another\"".parse().unwrap(), etag])
}

/// The id stays, the content and what is told of it change, and nothing lies beside it.
pub async fn a_content_is_replaced(storage: &dyn StorageBackend, folder: &ItemId) {
    let old = store(storage, folder, &name("file.txt"), b"old").await;
    for size in [0, 1, 300_000] {
        let bytes = pattern(size);
        let new = replace(storage, &old.id, &ReplaceGuard::Exists, &bytes).await;
        let new = new.unwrap();
        assert_eq!((&new.id, new.name.as_str()), (&old.id, "file.txt"));
        assert_eq!(new.size_bytes, Some(size as u64));
        assert!(content(storage, &old.id).await == bytes, "{size} bytes");
        assert_eq!(names(storage, folder).await, ["file.txt"]);
    }
}

/// A sender need not announce how much will come, unless the storage says so.
pub async fn a_content_is_replaced_by_one_of_unknown_size(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let old = store(storage, folder, &name("file"), b"old").await;
    let upload = upload(chunks(&pattern(300_000)), None);
    let new = storage.replace(&old.id, &ReplaceGuard::Exists, upload);
    if storage.capabilities().needs_size {
        assert_eq!(refusal(new.await), StorageErrorKind::SizeRequired);
        assert_eq!(content(storage, &old.id).await, b"old");
        return;
    }
    assert_eq!(new.await.unwrap().item.size_bytes, Some(300_000));
    assert!(content(storage, &old.id).await == pattern(300_000));
}

/// A tag is good for the content that it came with, and no longer. Where a storage gives no tags, none
/// is good.
pub async fn only_the_expected_content_is_replaced(storage: &dyn StorageBackend, folder: &ItemId) {
    store(storage, folder, &name("file"), b"old").await;
    let old = storage.find(folder, &name("file")).await.unwrap().unwrap();
    let made_up = of_tag("\"made-up\"".parse().unwrap());
    let refused = replace(storage, &old.id, &made_up, b"made up").await;
    assert_eq!(refusal(refused), StorageErrorKind::PreconditionFailed);
    assert_eq!(content(storage, &old.id).await, b"old");

    let Some(etag) = old.etag else {
        return;
    };
    let guard = of_tag(etag);
    let new = replace(storage, &old.id, &guard, b"newer").await;
    assert_eq!(new.unwrap().size_bytes, Some(5));
    let again = replace(storage, &old.id, &guard, b"too late").await;
    assert_eq!(refusal(again), StorageErrorKind::PreconditionFailed);
    assert_eq!(content(storage, &old.id).await, b"newer");
    assert_eq!(names(storage, folder).await, ["file"]);
}

/// The tag that a replacement answers is the one that the next replacement needs.
pub async fn one_replacement_follows_another(storage: &dyn StorageBackend, folder: &ItemId) {
    let mut file = store(storage, folder, &name("file"), b"").await;
    for size in 1..=3 {
        let guard = file.etag.map_or(ReplaceGuard::Exists, of_tag);
        let bytes = pattern(size);
        file = replace(storage, &file.id, &guard, &bytes).await.unwrap();
        assert_eq!(content(storage, &file.id).await, bytes);
    }
}

/// Whatever ends a replacement early, the old content is there as it was.
pub async fn an_interrupted_replacement_keeps_the_old_content(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let old = store(storage, folder, &name("file"), b"old").await;
    let bytes = pattern(300_000);
    let hung_up = announcements(storage, 1_000_000).into_iter();
    let hung_up = hung_up
        .flat_map(|announced| [&bytes[..], &[]].map(|sent| upload(interrupted(sent), announced)));
    let miscounted = [300_001, 299_999].map(|size| upload(chunks(&bytes), Some(size)));
    for upload in hung_up.chain(miscounted) {
        let replaced = storage
            .replace(&old.id, &ReplaceGuard::Exists, upload)
            .await;
        assert_eq!(refusal(replaced), StorageErrorKind::UploadInterrupted);
        assert_eq!(content(storage, &old.id).await, b"old");
        assert_eq!(names(storage, folder).await, ["file"]);
    }
}

/// Of two that expect the same content only one finds it, when both go through this storage; and
/// what is there is one of the two contents, whole. Without tags the later one counts.
pub async fn of_two_replacements_of_one_content_one_wins(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    for round in 0..5 {
        let name = name(&format!("file-{round}"));
        store(storage, folder, &name, b"old").await;
        let old = storage.find(folder, &name).await.unwrap().unwrap();
        let guard = old.etag.clone().map_or(ReplaceGuard::Exists, of_tag);
        let (one, other) = (vec![1; 100_000], vec![2; 100_001]);
        let (first, second) = futures_util::future::join(
            replace(storage, &old.id, &guard, &one),
            replace(storage, &old.id, &guard, &other),
        )
        .await;
        let expected = match (first, second) {
            (Ok(_), Err(loser)) => (loser, &one),
            (Err(loser), Ok(_)) => (loser, &other),
            (Ok(_), Ok(_)) => {
                assert_eq!(guard, ReplaceGuard::Exists);
                let there = content(storage, &old.id).await;
                assert!(there == one || there == other);
                continue;
            }
            (Err(one), Err(other)) => panic!("one must win: {one:?}, {other:?}"),
        };
        let (loser, expected) = expected;
        assert_eq!(loser.kind, StorageErrorKind::PreconditionFailed);
        assert!(content(storage, &old.id).await == *expected);
    }
}

/// Replacing makes nothing new, and a folder has no content to replace.
pub async fn only_a_file_can_be_replaced(storage: &dyn StorageBackend, folder: &ItemId) {
    let gone = store(storage, folder, &name("gone"), b"").await.id;
    storage.delete(&gone).await.unwrap();
    let replaced = replace(storage, &gone, &ReplaceGuard::Exists, b"bytes").await;
    assert_eq!(refusal(replaced), StorageErrorKind::NotFound);
    for id in [folder, &ItemId::root()] {
        let replaced = replace(storage, id, &ReplaceGuard::Exists, b"bytes").await;
        assert_eq!(refusal(replaced), StorageErrorKind::NotAFile);
    }
    assert!(names(storage, folder).await.is_empty());
}

//! Storing new files.

use super::fixture::{
    chunks, content, items, name, names, pattern, random_name, refusal, store, upload,
};
use crate::item::{ItemId, ItemKind};
use crate::ports::storage::{NameConflict, StorageBackend, StorageErrorKind};

/// A sender need not announce how much will come, unless the storage says so.
pub async fn a_content_of_unknown_size_is_stored(storage: &dyn StorageBackend, folder: &ItemId) {
    for size in [0, 1, 300_000] {
        let bytes = pattern(size);
        let name = name(&format!("{size}.bin"));
        let upload = upload(chunks(&bytes), None);
        let stored = storage
            .write(folder, &name, NameConflict::Fail, upload)
            .await;
        if storage.capabilities().needs_size {
            assert_eq!(refusal(stored), StorageErrorKind::SizeRequired);
            continue;
        }
        let stored = stored.unwrap().item;
        assert_eq!(stored.size_bytes, Some(size as u64));
        assert!(content(storage, &stored.id).await == bytes, "{size} bytes");
    }
}

/// What a write answers is what a listing says afterwards, and nothing else lies beside it.
pub async fn a_stored_item_is_told_as_it_is(storage: &dyn StorageBackend, folder: &ItemId) {
    let stored = store(storage, folder, &name("file.txt"), &pattern(1000)).await;
    assert_eq!(
        (stored.name.as_str(), stored.kind),
        ("file.txt", ItemKind::File)
    );
    let listed = items(storage, folder).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, stored.id);
    assert_eq!(listed[0].size_bytes, stored.size_bytes);
}

/// Nothing is ever overwritten.
pub async fn a_taken_name_is_refused_and_the_old_bytes_stay(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let old = store(storage, folder, &name("file"), b"old").await;
    let upload = upload(chunks(b"newer"), Some(5));
    let again = storage
        .write(folder, &name("file"), NameConflict::Fail, upload)
        .await;
    assert_eq!(refusal(again), StorageErrorKind::AlreadyExists);
    assert_eq!(content(storage, &old.id).await, b"old");
    assert_eq!(names(storage, folder).await, ["file"]);
}

/// The lowest free number is taken. A storage of plain names cannot keep a number in brackets.
pub async fn a_taken_name_is_numbered_on_demand(storage: &dyn StorageBackend, folder: &ItemId) {
    let write = async |bytes: &[u8]| {
        let upload = upload(chunks(bytes), Some(bytes.len()));
        let name = name("report.pdf");
        let written = storage
            .write(folder, &name, NameConflict::Number, upload)
            .await;
        written.map(|written| written.item)
    };
    let first = write(b"1").await.unwrap();
    assert_eq!(first.name, "report.pdf");
    for number in 2..=3 {
        let expected = format!("report ({number}).pdf");
        let stored = write(expected.as_bytes()).await;
        if !storage.capabilities().any_name && stored.is_err() {
            assert_eq!(refusal(stored), StorageErrorKind::NameNotAllowed);
            assert_eq!(names(storage, folder).await, ["report.pdf"]);
            return;
        }
        let stored = stored.unwrap();
        assert_eq!(stored.name, expected);
        assert_eq!(content(storage, &stored.id).await, expected.as_bytes());
    }
    assert_eq!(content(storage, &first.id).await, b"1");
}

/// However close the race, one content is there in the end, and whole.
pub async fn of_two_writers_of_one_name_one_wins(storage: &dyn StorageBackend, folder: &ItemId) {
    for _ in 0..5 {
        let name = random_name();
        let (one, other) = (vec![1; 200_000], vec![2; 200_000]);
        let write = async |bytes: &[u8]| {
            let upload = upload(chunks(bytes), Some(bytes.len()));
            let written = storage
                .write(folder, &name, NameConflict::Fail, upload)
                .await;
            written.map(|written| written.item)
        };
        let (winner, loser, expected) =
            match futures_util::future::join(write(&one), write(&other)).await {
                (Ok(winner), Err(loser)) => (winner, loser, one),
                (Err(loser), Ok(winner)) => (winner, loser, other),
                (one, other) => panic!("one writer must win: {one:?}, {other:?}"),
            };
        assert_eq!(loser.kind, StorageErrorKind::AlreadyExists);
        assert!(content(storage, &winner.id).await == expected);
    }
    assert_eq!(names(storage, folder).await.len(), 5);
}

/// A file needs a folder to lie in, and a file is none.
pub async fn a_missing_folder_takes_no_file(storage: &dyn StorageBackend, folder: &ItemId) {
    let gone = store(storage, folder, &name("gone"), b"").await.id;
    storage.delete(&gone).await.unwrap();
    let upload = self::upload(chunks(b"bytes"), Some(5));
    let stored = storage
        .write(&gone, &name("file"), NameConflict::Fail, upload)
        .await;
    assert_eq!(refusal(stored), StorageErrorKind::NotFound);
    assert!(names(storage, folder).await.is_empty());
    let file = store(storage, folder, &name("file"), b"").await.id;
    let upload = self::upload(chunks(b"bytes"), Some(5));
    let stored = storage
        .write(&file, &name("file"), NameConflict::Fail, upload)
        .await;
    assert_eq!(refusal(stored), StorageErrorKind::NotAFolder);
    assert_eq!(names(storage, folder).await, ["file"]);
}

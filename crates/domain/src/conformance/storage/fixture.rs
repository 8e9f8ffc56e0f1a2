//! What the cases do again and again.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::content::{ContentType, Upload, UploadInterrupted, UploadStream};
use crate::item::{Item, ItemId, ItemName};
use crate::ports::storage::{
    Destination, NameConflict, StorageBackend, StorageError, StorageErrorKind,
};
use crate::range::ByteRange;

const CHUNK_BYTES: usize = 64 * 1024;

pub(super) fn name(name: &str) -> ItemName {
    name.parse().unwrap()
}

/// A name that no other case has.
pub(super) fn random_name() -> ItemName {
    let number = RandomState::new().build_hasher().finish();
    name(&format!("conformance-{number:016x}"))
}

/// Bytes without a short period, so that a piece at the wrong place is seen.
pub(super) fn pattern(size: usize) -> Vec<u8> {
    (0_u32..)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .take(size)
        .collect()
}

pub(super) fn chunks(content: &[u8]) -> UploadStream {
    let chunks: Vec<_> = content
        .chunks(CHUNK_BYTES)
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    stream::iter(chunks).boxed()
}

/// A content that breaks off at its end.
pub(super) fn interrupted(content: &[u8]) -> UploadStream {
    chunks(content)
        .chain(stream::iter([Err(UploadInterrupted)]))
        .boxed()
}

pub(super) fn upload(content: UploadStream, size_bytes: Option<usize>) -> Upload {
    Upload {
        content,
        size_bytes: size_bytes.map(|size| size as u64),
        content_type: ContentType::octet_stream(),
    }
}

/// What a sender may say of how much will come, if it is this much.
pub(super) fn announcements(storage: &dyn StorageBackend, size: usize) -> Vec<Option<usize>> {
    match storage.capabilities().needs_size {
        true => vec![Some(size)],
        false => vec![Some(size), None],
    }
}

/// Stores a content of announced size under a name that is free.
pub(super) async fn store(
    storage: &dyn StorageBackend,
    folder: &ItemId,
    name: &ItemName,
    content: &[u8],
) -> Item {
    let upload = upload(chunks(content), Some(content.len()));
    let stored = storage
        .write(folder, name, NameConflict::Fail, upload)
        .await;
    stored.unwrap().item
}

/// A new folder; `None` where there are none, and then the storage says so.
pub(super) async fn folder_in(
    storage: &dyn StorageBackend,
    parent: &ItemId,
    text: &str,
) -> Option<ItemId> {
    let made = storage.create_folder(parent, &name(text)).await;
    if storage.capabilities().folders {
        return Some(made.unwrap().id);
    }
    assert_eq!(refusal(made), StorageErrorKind::Unsupported);
    None
}

/// Into this folder and under this name, if it is free.
pub(super) fn to(folder: &ItemId, text: &str) -> Destination {
    Destination {
        folder: Some(folder.clone()),
        name: Some(name(text)),
        conflict: NameConflict::Fail,
    }
}

pub(super) async fn content(storage: &dyn StorageBackend, file: &ItemId) -> Vec<u8> {
    let download = storage.read(file, None).await.unwrap();
    assert_eq!(download.range, None);
    let announced = download.size_bytes;
    let content = collect(download.content).await;
    assert!(announced.is_none_or(|size| size == content.len() as u64));
    content
}

pub(super) async fn part(
    storage: &dyn StorageBackend,
    file: &ItemId,
    range: ByteRange,
) -> Result<Vec<u8>, StorageErrorKind> {
    let read = storage.read(file, Some(range)).await;
    let download = read.map_err(|error| error.kind)?;
    let sent = download.range;
    let content = collect(download.content).await;
    let Some(sent) = sent else {
        // The whole came: cut the part out, as whoever asked would.
        let part = range.within(content.len() as u64).unwrap();
        let (first, last) = (part.first as usize, part.last as usize);
        return Ok(content[first..=last].to_vec());
    };
    assert_eq!(range.within(sent.total), Ok(sent));
    Ok(content)
}

async fn collect(content: crate::content::DownloadStream) -> Vec<u8> {
    let content = content.try_fold(Vec::new(), |mut content, chunk| async move {
        content.extend_from_slice(&chunk);
        Ok(content)
    });
    content.await.unwrap()
}

/// The items of a folder, by name.
pub(super) async fn items(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) -> Result<Vec<Item>, StorageError> {
    let mut entries = storage.list(folder).await?;
    let mut items = Vec::new();
    while let Some(batch) = entries.try_next().await? {
        assert_eq!(batch.skipped, 0, "every entry is usable");
        items.extend(batch.items);
    }
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(items)
}

pub(super) async fn names(storage: &dyn StorageBackend, folder: &ItemId) -> Vec<String> {
    let items = items(storage, folder).await.unwrap();
    items.into_iter().map(|item| item.name).collect()
}

/// Why a call was refused.
pub(super) fn refusal<T>(result: Result<T, StorageError>) -> StorageErrorKind {
    match result {
        Ok(_) => panic!("the call must be refused"),
        Err(error) => error.kind,
    }
}

//! Storing an object: its parts under a hidden temporary key, then a rename that never overwrites.
//! Until the rename nothing is visible, and whatever ends it early clears up.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{Stream, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::item::ItemName;
use wharf_domain::ports::storage::{NameConflict, Operation, StorageError, StorageErrorKind};

use crate::undo::Undo;
use crate::upload;

use super::error::{failed, refused};
use super::key::Key;

/// The size of a part, and how many may be on their way to the disk at once.
const PART_BYTES: usize = 64 * 1024;
const PARTS_IN_FLIGHT: usize = 4;

/// Stores a content in `folder` under the first free one of the names that `conflict` allows; its key.
pub(crate) async fn write(
    objects: &Arc<dyn ObjectStore>,
    folder: &Path,
    temporary: Path,
    name: &ItemName,
    conflict: NameConflict,
    upload: Upload,
) -> Result<Key, StorageError> {
    let undo = Undo::on_drop(delete(Arc::clone(objects), temporary.clone()));
    let stored = match fill(&**objects, &temporary, upload).await {
        Ok(()) => rename_to_free_name(&**objects, &temporary, folder, name, conflict).await,
        Err(error) => Err(error),
    };
    if stored.is_err() {
        delete(Arc::clone(objects), temporary).await;
    }
    undo.defuse();
    stored
}

/// Writes the whole content to one object, a few parts at a time.
async fn fill(objects: &dyn ObjectStore, path: &Path, upload: Upload) -> Result<(), StorageError> {
    let (content, _ending) = upload::watched(upload.content, upload.size_bytes)
        .await
        .map_err(interrupted)?;
    let parts = objects.put_multipart(path).await.map_err(write_failed)?;
    let mut writer = WriteMultipart::new_with_chunk_size(parts, PART_BYTES);
    match pass(content, &mut writer).await {
        Ok(()) => writer.finish().await.map(drop).map_err(write_failed),
        Err(error) => {
            // The error that ended it says more than one of clearing up.
            let _ = writer.abort().await;
            Err(error)
        }
    }
}

async fn pass(
    content: impl Stream<Item = Result<Bytes, UploadInterrupted>>,
    writer: &mut WriteMultipart,
) -> Result<(), StorageError> {
    let mut content = pin!(content);
    while let Some(part) = content.try_next().await.map_err(interrupted)? {
        writer
            .wait_for_capacity(PARTS_IN_FLIGHT)
            .await
            .map_err(write_failed)?;
        writer.put(part);
    }
    Ok(())
}

async fn rename_to_free_name(
    objects: &dyn ObjectStore,
    temporary: &Path,
    folder: &Path,
    name: &ItemName,
    conflict: NameConflict,
) -> Result<Key, StorageError> {
    for candidate in conflict.candidates(name) {
        let key = Key::named(&candidate)
            .ok_or_else(|| refused(StorageErrorKind::NameNotAllowed, Operation::Write))?;
        let target = folder.clone().join(key.as_str());
        match objects.rename_if_not_exists(temporary, &target).await {
            Ok(()) => return Ok(key),
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(write_failed(error)),
        }
    }
    Err(refused(StorageErrorKind::AlreadyExists, Operation::Write))
}

async fn delete(objects: Arc<dyn ObjectStore>, path: Path) {
    match objects.delete(&path).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(_) => tracing::warn!("a part of an upload is left behind in the house's storage"),
    }
}

fn interrupted(_: UploadInterrupted) -> StorageError {
    refused(StorageErrorKind::UploadInterrupted, Operation::Write)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn write_failed(error: object_store::Error) -> StorageError {
    failed(&error, Operation::Write)
}

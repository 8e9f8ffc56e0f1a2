//! Contents on their way: their parts go to a hidden temporary key, from where a rename brings them to
//! their own. Until then nothing is visible, and whatever ends it early clears up.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{Stream, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};

use crate::undo::Undo;
use crate::upload;

use super::error::{failed, refused};
use super::room::Room;

/// The size of a part, and how many may be on their way to the disk at once.
const PART_BYTES: usize = 64 * 1024;
const PARTS_IN_FLIGHT: usize = 4;

/// Writes the content to the temporary key and then lets `place` bring it to its own. Whatever fails,
/// the temporary object is deleted.
pub(crate) async fn fill_then<T>(
    room: &Room,
    temporary: &Path,
    upload: Upload,
    place: impl Future<Output = Result<T, StorageError>> + Send,
) -> Result<T, StorageError>
where
    T: Send,
{
    let objects = &room.objects;
    let undo = Undo::on_drop(
        &room.background,
        delete(Arc::clone(objects), temporary.clone()),
    );
    let placed = match fill(&**objects, temporary, upload).await {
        Ok(()) => place.await,
        Err(error) => Err(error),
    };
    if placed.is_err() {
        delete(Arc::clone(objects), temporary.clone()).await;
    }
    undo.defuse();
    placed
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

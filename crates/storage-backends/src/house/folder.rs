//! A house in a folder of the local disk. Contents go to a hidden temporary key in parts; a rename brings
//! them to their own, which is atomic.

use std::io;
use std::path::Path as FilePath;
use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{Stream, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use tokio::task::spawn_blocking;
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};
use wharf_domain::verification::Verification;

use crate::Error;
use crate::undo::Undo;
use crate::upload;

use super::error::{failed, interrupted, refused};
use super::key::Key;
use super::room::Room;
use super::shelf::{Condition, Shelf};

/// The size of a part, and how many may be on their way to the disk at once.
const PART_BYTES: usize = 64 * 1024;
const PARTS_IN_FLIGHT: usize = 4;

/// The folder.
pub(super) struct Folder(Arc<LocalFileSystem>);

impl Folder {
    /// Opens the folder, and makes it if it is missing, for its owner's eyes only. What lies in it is
    /// durable once it is stored.
    pub(super) fn open(folder: &FilePath) -> Result<Self, Error> {
        make_private(folder).map_err(Error::MakeFolder)?;
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(Error::OpenFolder)?;
        Ok(Self(Arc::new(objects.with_fsync(true))))
    }
}

fn make_private(folder: &FilePath) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[async_trait]
impl Shelf for Folder {
    fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::<LocalFileSystem>::clone(&self.0)
    }

    async fn stands(&self, _: Operation) -> Result<(), StorageError> {
        Ok(())
    }

    async fn store(
        &self,
        room: &Room,
        key: &Key,
        condition: Condition<'_>,
        upload: Upload,
    ) -> Result<Verification, StorageError> {
        let temporary = room.folder.clone().join(room.fresh_name());
        let undo = Undo::on_drop(
            &room.background,
            delete(Arc::clone(&self.0), temporary.clone()),
        );
        let stored = match fill(&self.0, &temporary, upload).await {
            Ok(()) => self.bring(room, &temporary, key, condition).await,
            Err(error) => Err(error),
        };
        if stored.is_err() {
            delete(Arc::clone(&self.0), temporary).await;
        }
        undo.defuse();
        stored.map(|()| Verification::SizeOnly)
    }

    async fn clear(&self, folder: &Path) -> Result<(), StorageError> {
        let place = self.0.path_to_filesystem(folder);
        let place = place.map_err(|error| failed(&error, Operation::Delete))?;
        let removed = spawn_blocking(move || std::fs::remove_dir_all(place)).await;
        match removed {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Ok(Err(error)) => Err(refused(StorageErrorKind::Failed, Operation::Delete)
                .caused_by(io::Error::from(error.kind()))),
            Err(_) => Err(refused(StorageErrorKind::Failed, Operation::Delete)),
        }
    }
}

impl Folder {
    /// Moves a whole content to its key.
    ///
    /// Whoever else would change the object waits, so that of two who expect the same one only one finds
    /// it. A key that must be free is not overwritten however close the race, whoever races.
    async fn bring(
        &self,
        room: &Room,
        temporary: &Path,
        key: &Key,
        condition: Condition<'_>,
    ) -> Result<(), StorageError> {
        let path = room.path(key);
        let _turn = room.turns.take(path.as_ref()).await;
        room.check(key, condition).await?;
        let moved = match condition {
            Condition::Free => self.0.rename_if_not_exists(temporary, &path).await,
            Condition::Still(_) => self.0.rename(temporary, &path).await,
        };
        moved.map_err(write_failed)
    }
}

/// Writes the whole content to one object, a few parts at a time.
async fn fill(objects: &LocalFileSystem, path: &Path, upload: Upload) -> Result<(), StorageError> {
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

async fn delete(objects: Arc<LocalFileSystem>, path: Path) {
    match objects.delete(&path).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(_) => tracing::warn!("a part of an upload is left behind in the house's storage"),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn write_failed(error: object_store::Error) -> StorageError {
    failed(&error, Operation::Write)
}

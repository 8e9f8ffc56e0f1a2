//! Every call of a storage, made with a good token.

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{
    Capabilities, Destination, Entries, NameConflict, Operation, Removal, ReplaceGuard,
    StorageAccount, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::range::ByteRange;

use super::super::freshness::Lasting::{Moment, Transfer};
use super::Renewing;
use super::body::Body;

/// A content of which something was read cannot be sent again.
fn used_up() -> StorageError {
    StorageError::new(StorageErrorKind::TokenExpired, Operation::Write, None)
}

#[async_trait]
impl StorageBackend for Renewing {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        self.call(Operation::Probe, Moment, |storage| async move {
            storage.probe().await
        })
        .await
    }

    /// The first entries are waited for: until they are there, the token may be refused.
    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError> {
        self.call(Operation::List, Moment, |storage| async move {
            let mut entries = storage.list(folder).await?;
            let first = entries.next().await.transpose()?;
            Ok(stream::iter(first.map(Ok)).chain(entries).boxed())
        })
        .await
    }

    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError> {
        self.call(Operation::Metadata, Moment, |storage| async move {
            storage.metadata(item).await
        })
        .await
    }

    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        self.call(Operation::Metadata, Moment, |storage| async move {
            storage.find(folder, name).await
        })
        .await
    }

    async fn read(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, StorageError> {
        self.call(Operation::Read, Transfer, |storage| async move {
            storage.read(file, range).await
        })
        .await
    }

    async fn export(&self, file: &ItemId, format: &ContentType) -> Result<Download, StorageError> {
        self.call(Operation::Read, Transfer, |storage| async move {
            storage.export(file, format).await
        })
        .await
    }

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let body = Body::new(upload);
        self.call(Operation::Write, Transfer, |storage| {
            let upload = body.lend();
            async move {
                let upload = upload.ok_or_else(used_up)?;
                storage.write(folder, name, conflict, upload).await
            }
        })
        .await
    }

    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let body = Body::new(upload);
        self.call(Operation::Write, Transfer, |storage| {
            let upload = body.lend();
            async move {
                let upload = upload.ok_or_else(used_up)?;
                storage.replace(file, guard, upload).await
            }
        })
        .await
    }

    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        self.call(Operation::Relocate, Moment, |storage| async move {
            storage.relocate(item, to).await
        })
        .await
    }

    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        self.call(Operation::Copy, Transfer, |storage| async move {
            storage.copy(item, to).await
        })
        .await
    }

    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError> {
        self.call(Operation::CreateFolder, Moment, |storage| async move {
            storage.create_folder(parent, name).await
        })
        .await
    }

    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError> {
        self.call(Operation::Delete, Moment, |storage| async move {
            storage.delete(item).await
        })
        .await
    }
}

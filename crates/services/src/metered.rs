//! Storages whose calls are counted and timed. It changes nothing of what they say.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::credential::Credential;
use wharf_domain::id::UserId;
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{
    AddressRefusal, Capabilities, Destination, Entries, NameConflict, Operation, Removal,
    ReplaceGuard, StorageAccount, StorageBackend, StorageError, Written,
};
use wharf_domain::provider::Provider;
use wharf_domain::range::ByteRange;

use crate::meters;

/// Opens storages whose calls are counted and timed.
pub struct MeteredBackends(Arc<dyn Backends>);

impl MeteredBackends {
    /// The storages that `backends` opens.
    pub fn new(backends: Arc<dyn Backends>) -> Self {
        Self(backends)
    }
}

impl fmt::Debug for MeteredBackends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MeteredBackends").finish_non_exhaustive()
    }
}

#[async_trait]
impl Backends for MeteredBackends {
    fn house(&self, owner: UserId) -> Arc<dyn StorageBackend> {
        let (storage, provider) = (self.0.house(owner), "house");
        Arc::new(Metered { storage, provider })
    }

    async fn clear_house(&self, owner: UserId) -> Result<(), StorageError> {
        self.0.clear_house(owner).await
    }

    fn check_address(&self, provider: Provider, typed: &str) -> Result<Endpoint, AddressRefusal> {
        self.0.check_address(provider, typed)
    }

    fn open(
        &self,
        provider: Provider,
        endpoint: &Endpoint,
        credential: &Credential,
    ) -> Arc<dyn StorageBackend> {
        Arc::new(Metered {
            storage: self.0.open(provider, endpoint, credential),
            provider: provider.as_str(),
        })
    }
}

/// A storage whose calls are counted and timed. A call that its caller gives up is neither.
struct Metered {
    storage: Arc<dyn StorageBackend>,
    provider: &'static str,
}

impl Metered {
    async fn meter<T>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, StorageError>> + Send,
    ) -> Result<T, StorageError> {
        let started = Instant::now();
        let outcome = call.await;
        let failure = outcome.as_ref().err().map(|error| &error.kind);
        meters::storage_called(self.provider, operation, failure, started.elapsed());
        outcome
    }

    /// Meters the opening of a content, and counts where it breaks off.
    async fn opening(
        &self,
        reading: impl Future<Output = Result<Download, StorageError>> + Send,
    ) -> Result<Download, StorageError> {
        let mut download = self.meter(Operation::Read, reading).await?;
        let broken_off = self.broken_off(Operation::Read);
        download.content = Box::pin(download.content.inspect_err(broken_off));
        Ok(download)
    }

    /// Counts the error that an answer ends with in the middle.
    fn broken_off(&self, operation: Operation) -> impl FnMut(&StorageError) + Send + use<> {
        let provider = self.provider;
        move |error| meters::storage_broke_off(provider, operation, &error.kind)
    }
}

#[async_trait]
impl StorageBackend for Metered {
    fn capabilities(&self) -> Capabilities {
        self.storage.capabilities()
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        self.meter(Operation::Probe, self.storage.probe()).await
    }

    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError> {
        let listing = self.storage.list(folder);
        let entries = self.meter(Operation::List, listing).await?;
        Ok(Box::pin(
            entries.inspect_err(self.broken_off(Operation::List)),
        ))
    }

    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError> {
        let looking = self.storage.metadata(item);
        self.meter(Operation::Metadata, looking).await
    }

    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        let looking = self.storage.find(folder, name);
        self.meter(Operation::Metadata, looking).await
    }

    async fn read(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, StorageError> {
        self.opening(self.storage.read(file, range)).await
    }

    async fn export(&self, file: &ItemId, format: &ContentType) -> Result<Download, StorageError> {
        self.opening(self.storage.export(file, format)).await
    }

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let writing = self.storage.write(folder, name, conflict, upload);
        self.meter(Operation::Write, writing).await
    }

    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let replacing = self.storage.replace(file, guard, upload);
        self.meter(Operation::Write, replacing).await
    }

    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let relocating = self.storage.relocate(item, to);
        self.meter(Operation::Relocate, relocating).await
    }

    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let copying = self.storage.copy(item, to);
        self.meter(Operation::Copy, copying).await
    }

    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError> {
        let making = self.storage.create_folder(parent, name);
        self.meter(Operation::CreateFolder, making).await
    }

    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError> {
        let deleting = self.storage.delete(item);
        self.meter(Operation::Delete, deleting).await
    }

    async fn tidy(&self, folder: &ItemName) -> Result<(), StorageError> {
        let tidying = self.storage.tidy(folder);
        self.meter(Operation::Delete, tidying).await
    }
}

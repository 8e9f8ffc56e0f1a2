//! OneDrive behind the storage port, personal and of work and school accounts: requests are described by
//! `graph-rs-sdk` and sent by egress, and contents go to addresses that Graph lends.
//!
//! Items have ids that stay with them. Names are told apart without regard to upper and lower case, and not
//! every one is taken. What is deleted goes to the bin. See ADR 24.

mod account;
mod calls;
mod client;
mod graph;
mod id;
mod item;
mod lent;
mod listing;
mod look;
mod monitor;
mod name;
mod read;
mod rearrange;
mod refusal;
mod replace;
mod session;
mod stored;
mod transfer;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt};
use secrecy::SecretString;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{
    AddressRefusal, Capabilities, Destination, Entries, NameConflict, Operation, Removal,
    ReplaceGuard, StorageAccount, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::provider::Provider;
use wharf_domain::range::ByteRange;

use crate::fault::Fault;

use self::client::Client;
use self::id::Address;

pub(crate) use self::client::Shared;

/// One account's OneDrive.
pub(crate) struct Onedrive {
    /// A refusal where the endpoint is no address of the operator's: opening a storage cannot fail.
    client: Result<Arc<Client>, AddressRefusal>,
}

impl Onedrive {
    /// The account behind this token, at the API beneath `endpoint`.
    pub(crate) fn new(shared: Shared, endpoint: &Endpoint, access_token: SecretString) -> Self {
        Self {
            client: Client::new(shared, &endpoint.0, access_token),
        }
    }

    fn client(&self) -> Result<&Arc<Client>, Fault> {
        let client = self.client.as_ref();
        client.map_err(|refusal| StorageErrorKind::AddressRefused(refusal.clone()).into())
    }

    async fn entries(&self, folder: &ItemId) -> Result<Entries, Fault> {
        let entries = listing::entries(self.client()?, folder).await?;
        let entries = entries.map_err(|fault| failed(fault, Operation::List));
        Ok(entries.boxed())
    }

    async fn child(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, Fault> {
        let folder = Address::of(folder)?;
        let child = self.client()?.named(&folder, name).await?;
        Ok(child.and_then(|child| child.shown()))
    }
}

/// The failure of an operation at OneDrive.
fn failed(fault: Fault, operation: Operation) -> StorageError {
    fault.of(Provider::Onedrive, operation)
}

#[async_trait]
impl StorageBackend for Onedrive {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            folders: true,
            any_name: false,
            needs_size: true,
        }
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        let drive = async { self.client()?.drive().await }.await;
        drive
            .map(StorageAccount::from)
            .map_err(|fault| failed(fault, Operation::Probe))
    }

    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError> {
        let entries = self.entries(folder).await;
        entries.map_err(|fault| failed(fault, Operation::List))
    }

    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError> {
        let item = async { self.client()?.item(item).await }.await;
        item.map_err(|fault| failed(fault, Operation::Metadata))
    }

    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        let child = self.child(folder, name).await;
        child.map_err(|fault| failed(fault, Operation::Metadata))
    }

    async fn read(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, StorageError> {
        let content = async { read::read(self.client()?, file, range).await }.await;
        content.map_err(|fault| failed(fault, Operation::Read))
    }

    async fn export(&self, _: &ItemId, _: &ContentType) -> Result<Download, StorageError> {
        let fault = Fault::from(StorageErrorKind::Unsupported);
        Err(failed(fault, Operation::Read))
    }

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let stored = async { write::store(self.client()?, folder, name, conflict, upload).await };
        stored
            .await
            .map_err(|fault| failed(fault, Operation::Write))
    }

    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let replaced = async { replace::replace(self.client()?, file, guard, upload).await }.await;
        replaced.map_err(|fault| failed(fault, Operation::Write))
    }

    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let relocated = async { rearrange::relocate(self.client()?, item, to).await }.await;
        relocated.map_err(|fault| failed(fault, Operation::Relocate))
    }

    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let copied = async { rearrange::copy(self.client()?, item, to).await }.await;
        copied.map_err(|fault| failed(fault, Operation::Copy))
    }

    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError> {
        let folder = async { rearrange::make_folder(self.client()?, parent, name).await }.await;
        folder.map_err(|fault| failed(fault, Operation::CreateFolder))
    }

    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError> {
        let recycled = async { rearrange::recycle(self.client()?, item).await }.await;
        recycled
            .map(|()| Removal::Trashed)
            .map_err(|fault| failed(fault, Operation::Delete))
    }
}

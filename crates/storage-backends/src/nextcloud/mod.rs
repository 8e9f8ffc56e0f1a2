//! Nextcloud behind the storage port: its WebDAV, and what it offers beyond.
//!
//! Files are spoken to by [`webdav`](crate::webdav). What is added here is what only Nextcloud has: ids
//! that survive a move, uploads in chunks, digests of what was stored, and a bin.

mod ability;
mod account;
mod assembly;
mod chunks;
mod find;
mod id;
mod login_flow;
mod ocs;
mod place;
mod search;
mod servers;
mod source;
mod store;

use std::sync::Arc;

use async_trait::async_trait;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{
    AddressRefusal, Capabilities, Destination, Entries, NameConflict, Operation, Removal,
    ReplaceGuard, StorageAccount, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;
use wharf_domain::range::ByteRange;

use crate::fault::{Fault, UnwantedStatus};
use crate::webdav::{Webdav, metadata};

pub(crate) use self::ability::Abilities;
pub(crate) use self::account::{Account, Shared};
pub(crate) use self::place::{Place, without_query};
pub(crate) use self::servers::Servers;
pub(crate) use self::source::Room;

/// One account at a Nextcloud.
pub(crate) struct Nextcloud {
    /// A refusal where the endpoint is no address of ours: opening a storage cannot fail.
    account: Result<Arc<Account>, AddressRefusal>,
    files: Webdav,
    random: Arc<dyn Random>,
}

impl Nextcloud {
    /// This account, or nobody's.
    pub(crate) fn new(shared: &Shared, account: Result<Account, AddressRefusal>) -> Self {
        let account = account.map(Arc::new);
        let files = account.as_ref().map(|account| Arc::clone(&account.files));
        Self {
            files: Webdav::on(&shared.webdav, files.map_err(Clone::clone)),
            random: Arc::clone(&shared.webdav.random),
            account,
        }
    }

    fn account(&self) -> Result<&Arc<Account>, Fault> {
        self.account
            .as_ref()
            .map_err(|refusal| StorageErrorKind::AddressRefused(refusal.clone()).into())
    }

    /// The id by which plain WebDAV knows the item, wherever it lies by now.
    async fn there(&self, item: &ItemId) -> Result<ItemId, Fault> {
        Ok(self.account()?.path_of(item).await?.into_id())
    }

    async fn there_to(&self, to: &Destination) -> Result<Destination, Fault> {
        Ok(Destination {
            folder: match &to.folder {
                Some(folder) => Some(self.there(folder).await?),
                None => None,
            },
            ..to.clone()
        })
    }

    async fn stored(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, Fault> {
        let account = self.account()?;
        let size_bytes = upload.size_bytes.ok_or(StorageErrorKind::SizeRequired)?;
        let folder = account.path_of(folder).await?;
        if account.ability().await?.takes_whole(size_bytes) {
            let folder = folder.into_id();
            return self.files.stored(&folder, name, conflict, upload).await;
        }
        store::write(account, &*self.random, &folder, name, conflict, upload).await
    }

    async fn replaced(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, Fault> {
        let account = self.account()?;
        let file = account.path_of(file).await?;
        if file.is_root() {
            return Err(StorageErrorKind::NotAFile.into());
        }
        store::replace(account, &*self.random, &file, guard, upload).await
    }

    async fn relocated(&self, item: &ItemId, to: &Destination) -> Result<Item, Fault> {
        let (item, to) = (self.there(item).await?, self.there_to(to).await?);
        self.files.relocated(&item, &to).await
    }

    async fn copied(&self, item: &ItemId, to: &Destination) -> Result<Item, Fault> {
        let (item, to) = (self.there(item).await?, self.there_to(to).await?);
        self.files.copied(&item, &to).await
    }

    async fn made_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, Fault> {
        let account = self.account()?;
        let parent = account.path_of(parent).await?;
        let above = parent.clone().into_id();
        let made = self.files.made_folder(&above, name).await?;
        // Nobody has told its number yet.
        match parent.child(name.as_str().as_bytes()) {
            Some(path) => metadata::item_at(&account.files, &path).await,
            None => Ok(made),
        }
    }

    async fn deleted(&self, item: &ItemId) -> Result<Removal, Fault> {
        let there = self.there(item).await?;
        self.files.deleted(&there).await?;
        match self.account()?.ability().await {
            Ok(ability) if !ability.has_bin => Ok(Removal::Deleted),
            // It is gone in any case; that installations have a bin is the rule.
            Ok(_) | Err(_) => Ok(Removal::Trashed),
        }
    }
}

/// Nextcloud answers 400 to whoever gives an item a name that it forbids.
fn about_the_name(fault: Fault) -> Fault {
    if fault.source() == Some(&UnwantedStatus(400)) {
        Fault::of_status(StorageErrorKind::NameNotAllowed, 400)
    } else {
        fault
    }
}

fn failed(operation: Operation) -> impl FnOnce(Fault) -> StorageError {
    move |fault| fault.of(Provider::Nextcloud, operation)
}

fn not_named(operation: Operation) -> impl FnOnce(Fault) -> StorageError {
    move |fault| about_the_name(fault).of(Provider::Nextcloud, operation)
}

#[async_trait]
impl StorageBackend for Nextcloud {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            folders: true,
            any_name: false,
            // Behind many of its servers stands a PHP that takes a body of unknown length for an empty one.
            needs_size: true,
        }
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        let account = async { self.account()?.described().await }.await;
        account.map_err(failed(Operation::Probe))
    }

    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError> {
        let entries = async { self.files.entries(&self.there(folder).await?).await }.await;
        entries.map_err(failed(Operation::List))
    }

    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError> {
        let item = async { self.files.item(&self.there(item).await?).await }.await;
        item.map_err(failed(Operation::Metadata))
    }

    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        let child = async { self.files.child(&self.there(folder).await?, name).await }.await;
        child.map_err(failed(Operation::Metadata))
    }

    async fn read(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, StorageError> {
        let content = async { self.files.content(&self.there(file).await?, range).await }.await;
        content.map_err(failed(Operation::Read))
    }

    async fn export(&self, _: &ItemId, _: &ContentType) -> Result<Download, StorageError> {
        Err(failed(Operation::Read)(
            StorageErrorKind::Unsupported.into(),
        ))
    }

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let stored = self.stored(folder, name, conflict, upload).await;
        stored.map_err(not_named(Operation::Write))
    }

    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let replaced = self.replaced(file, guard, upload).await;
        replaced.map_err(failed(Operation::Write))
    }

    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let relocated = self.relocated(item, to).await;
        relocated.map_err(not_named(Operation::Relocate))
    }

    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let copied = self.copied(item, to).await;
        copied.map_err(not_named(Operation::Copy))
    }

    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError> {
        let folder = self.made_folder(parent, name).await;
        folder.map_err(not_named(Operation::CreateFolder))
    }

    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError> {
        let deleted = self.deleted(item).await;
        deleted.map_err(failed(Operation::Delete))
    }

    /// Chunks that were not put together are cleared away by the server after a day.
    async fn tidy(&self, folder: &ItemName) -> Result<(), StorageError> {
        let tidied = self.files.tidied(folder).await;
        tidied.map_err(failed(Operation::Delete))
    }
}

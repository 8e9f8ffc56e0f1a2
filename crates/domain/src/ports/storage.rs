//! The port to one storage: a user's account at a provider, or the house's place for one user.

mod changes;
mod error;
mod operation;

use std::pin::Pin;

use async_trait::async_trait;
use futures_util::Stream;

use crate::connection::AccountKey;
use crate::content::{ContentType, Download, Upload};
use crate::item::{Item, ItemId, ItemName};
use crate::range::ByteRange;

pub use self::changes::{Destination, NameConflict, Removal, ReplaceGuard, Written};
pub use self::error::{AddressRefusal, StorageError, StorageErrorKind};
pub use self::operation::Operation;

/// A folder's entries as they arrive: in batches, in the storage's own order.
pub type Entries = Pin<Box<dyn Stream<Item = Result<EntryBatch, StorageError>> + Send>>;

/// Some of a folder's entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryBatch {
    /// The entries.
    pub items: Vec<Item>,
    /// How many entries that the storage named could not be used.
    pub skipped: u32,
}

/// One storage, opened with its credential.
///
/// Every implementation passes the suite in `conformance::storage`.
#[async_trait]
pub trait StorageBackend: Send + Sync {
    /// What this storage can do.
    fn capabilities(&self) -> Capabilities;

    /// Asks the storage whether it answers and accepts the credential, and which account it is.
    async fn probe(&self) -> Result<StorageAccount, StorageError>;

    /// Reads a folder: its direct children, never itself.
    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError>;

    /// Reads what is known of an item.
    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError>;

    /// Looks for the child of `folder` with exactly this name.
    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError>;

    /// Streams a file's content, or a part of it. A storage may send the whole although a part was
    /// asked for; the answer's `range` says what comes.
    ///
    /// A file without bytes of its own comes in the first of its [`Item::export_formats`].
    async fn read(&self, file: &ItemId, range: Option<ByteRange>)
    -> Result<Download, StorageError>;

    /// Streams a file in another form, one of its [`Item::export_formats`]; in any other, and where
    /// files have none, it is [`StorageErrorKind::Unsupported`].
    async fn export(&self, file: &ItemId, format: &ContentType) -> Result<Download, StorageError>;

    /// Stores a new file in `folder`. It becomes visible when it is whole, which is as long as was
    /// announced, and not before; an existing item is never overwritten.
    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError>;

    /// Replaces a file's content by another, whole or not at all, if the file still is what `guard`
    /// says; else [`StorageErrorKind::PreconditionFailed`]. The item keeps its id.
    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError>;

    /// Gives an item another place: another folder, another name, or both. The item as it is there,
    /// which may have another id.
    ///
    /// An existing item is never overwritten. The place that the item has already, and any place
    /// within itself, is [`StorageErrorKind::IntoItself`].
    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError>;

    /// Copies an item, a folder with all that it holds; the copy.
    ///
    /// An existing item is never overwritten, so that a copy of an item beside itself needs another
    /// name. A place within the item is [`StorageErrorKind::IntoItself`].
    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError>;

    /// Makes a folder in `parent`.
    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError>;

    /// Deletes an item; a folder with all that it holds.
    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError>;

    /// Removes what uploads of ours that a crash cut off have left in the folder of this name at the top,
    /// if there is one. Storages that clear that away by themselves have nothing to do.
    async fn tidy(&self, folder: &ItemName) -> Result<(), StorageError> {
        let _ = folder;
        Ok(())
    }
}

/// What a storage can do. What it cannot, it refuses with [`StorageErrorKind::Unsupported`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// It has folders that can be made and listed.
    pub folders: bool,
    /// It keeps every [`ItemName`]; otherwise it refuses some of those that have more than ASCII letters,
    /// digits, `.`, `-` and `_`, with [`StorageErrorKind::NameNotAllowed`].
    pub any_name: bool,
    /// It must know the size of an upload beforehand, else [`StorageErrorKind::SizeRequired`].
    pub needs_size: bool,
}

/// The account behind a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageAccount {
    /// Tells the account from every other at the same provider.
    pub key: AccountKey,
    /// How a person would recognise the account, for example `anna at cloud.example.com`.
    pub label: String,
    /// How full it is, where the storage tells it.
    pub quota: Option<Quota>,
}

/// How full a storage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes in use.
    pub used_bytes: Option<u64>,
    /// Bytes that can still be stored.
    pub available_bytes: Option<u64>,
}

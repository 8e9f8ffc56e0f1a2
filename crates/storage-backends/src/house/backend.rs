//! The storage port on one user's objects.

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use wharf_domain::connection::AccountKey;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{
    Capabilities, Destination, Entries, EntryBatch, NameConflict, Operation, Removal, ReplaceGuard,
    StorageAccount, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::range::ByteRange;

use crate::entity_tag::entity_tag;
use crate::top_folder::top_folder;

use super::error::{failed, refused};
use super::key::Key;
use super::read;
use super::rearrange::Verb;
use super::room::{Room, item_of, modified_at, taken};
use super::shelf::Condition;

/// How many items of a listing go on at once.
const BATCH_ITEMS: usize = 256;

#[async_trait]
impl StorageBackend for Room {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            folders: false,
            any_name: false,
            needs_size: false,
        }
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        Ok(StorageAccount {
            key: AccountKey(self.folder.to_string()),
            label: "the house".to_owned(),
            quota: None,
        })
    }

    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError> {
        self.check_folder(folder, Operation::List).await?;
        let items = self
            .objects
            .list(Some(&self.folder))
            .try_filter_map(|object| async move { Ok(item_of(&object)) })
            .try_chunks(BATCH_ITEMS)
            .map_ok(|items| EntryBatch { items, skipped: 0 })
            .map_err(|error| failed(&error.1, Operation::List));
        Ok(items.boxed())
    }

    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError> {
        if item.is_root() {
            return Ok(top_folder(ItemId::root(), String::new()));
        }
        let key = Self::key(item, Operation::Metadata)?;
        self.item(&key, Operation::Metadata).await
    }

    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        self.check_folder(folder, Operation::Metadata).await?;
        let Some(key) = Key::named(name) else {
            return Ok(None);
        };
        match self.object(&key, Operation::Metadata).await {
            Ok(object) => Ok(item_of(&object)),
            Err(error) if error.kind == StorageErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn read(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, StorageError> {
        if file.is_root() {
            return Err(refused(StorageErrorKind::NotAFile, Operation::Read));
        }
        let key = Self::key(file, Operation::Read)?;
        let object = self.object(&key, Operation::Read).await?;
        let range = range
            .map(|range| range.within(object.size))
            .transpose()
            .map_err(|outside| {
                let total = Some(outside.total);
                let kind = StorageErrorKind::RangeNotSatisfiable { total };
                refused(kind, Operation::Read)
            })?;
        let options = GetOptions {
            range: range.map(|range| GetRange::Bounded(range.first..range.last + 1)),
            ..GetOptions::default()
        };
        let got = self.objects.get_opts(&object.location, options).await;
        let got = got.map_err(|error| failed(&error, Operation::Read))?;
        Ok(Download {
            name: None,
            size_bytes: Some(got.range.end.saturating_sub(got.range.start)),
            range,
            etag: got.meta.e_tag.as_deref().and_then(entity_tag),
            modified_at: modified_at(&got.meta),
            content_type: None,
            content: read::content(got)?,
        })
    }

    async fn export(&self, _: &ItemId, _: &ContentType) -> Result<Download, StorageError> {
        Err(refused(StorageErrorKind::Unsupported, Operation::Read))
    }

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        self.check_folder(folder, Operation::Write).await?;
        let key = Self::named(name, Operation::Write)?;
        let stored = self.store(&key, Condition::Free, upload).await;
        stored.map_err(|error| taken(conflict, error))
    }

    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        if file.is_root() {
            return Err(refused(StorageErrorKind::NotAFile, Operation::Write));
        }
        let key = Self::key(file, Operation::Write)?;
        self.store(&key, Condition::Still(guard), upload).await
    }

    /// Both names must be keys, and the only folder is the top one.
    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        if item.is_root() {
            return Err(refused(StorageErrorKind::Forbidden, Operation::Relocate));
        }
        let (from, key) = self.way(item, to, Operation::Relocate).await?;
        if from == key {
            return Err(refused(StorageErrorKind::IntoItself, Operation::Relocate));
        }
        let moved = self.transfer(Verb::Move, &from, &key).await;
        moved.map_err(|error| taken(to.conflict, error))
    }

    /// As for relocating.
    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        if item.is_root() {
            return Err(refused(StorageErrorKind::IntoItself, Operation::Copy));
        }
        let (from, key) = self.way(item, to, Operation::Copy).await?;
        let copied = self.transfer(Verb::Copy, &from, &key).await;
        copied.map_err(|error| taken(to.conflict, error))
    }

    async fn create_folder(
        &self,
        _parent: &ItemId,
        _name: &ItemName,
    ) -> Result<Item, StorageError> {
        Err(refused(
            StorageErrorKind::Unsupported,
            Operation::CreateFolder,
        ))
    }

    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError> {
        if item.is_root() {
            return Err(refused(StorageErrorKind::Forbidden, Operation::Delete));
        }
        let key = Self::key(item, Operation::Delete)?;
        let path = self.path(&key);
        let _turn = self.turns.take(path.as_ref()).await;
        // A bucket confirms the deletion of what was never there.
        self.object(&key, Operation::Delete).await?;
        let deleted = self.objects.delete(&path).await;
        deleted
            .map(|()| Removal::Deleted)
            .map_err(|error| failed(&error, Operation::Delete))
    }
}

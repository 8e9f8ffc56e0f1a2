//! The house's own storage: a flat set of objects for each user in an object store. It knows neither
//! names that people give nor what the objects are for.

mod error;
mod key;
mod place;
mod read;
mod write;

use std::fmt;
use std::path::Path as FilePath;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};
use wharf_domain::connection::AccountKey;
use wharf_domain::content::{Download, Upload};
use wharf_domain::id::UserId;
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{
    Capabilities, Destination, Entries, EntryBatch, NameConflict, Operation, ReplaceGuard,
    StorageAccount, StorageBackend, StorageError, StorageErrorKind,
};
use wharf_domain::random::Random;
use wharf_domain::range::ByteRange;
use wharf_domain::time::Timestamp;

use crate::entity_tag::entity_tag;
use crate::turns::Turns;
use crate::{Error, temporary};

use self::error::{failed, refused};
use self::key::Key;
use self::place::Verb;

/// How many items of a listing go on at once.
const BATCH_ITEMS: usize = 256;

/// The house's storage for all users.
#[derive(Clone)]
pub struct House {
    objects: Arc<dyn ObjectStore>,
    turns: Turns,
}

impl House {
    /// A house in this folder of the local disk. The folder is made if it is missing, for its owner's
    /// eyes only; what lies in it is durable once it is stored.
    ///
    /// # Errors
    /// If the folder cannot be made or opened.
    pub fn in_folder(folder: &FilePath) -> Result<Self, Error> {
        make_private(folder).map_err(Error::MakeFolder)?;
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(Error::OpenFolder)?;
        Ok(Self {
            objects: Arc::new(objects.with_fsync(true)),
            turns: Turns::default(),
        })
    }

    /// One user's part of the house; no other user's can be named through it.
    pub(crate) fn room(&self, owner: UserId, random: Arc<dyn Random>) -> Room {
        Room {
            objects: Arc::clone(&self.objects),
            folder: Path::from(owner.to_string()),
            random,
            turns: self.turns.clone(),
        }
    }
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("House").finish_non_exhaustive()
    }
}

fn make_private(folder: &FilePath) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// One user's objects. An item's id is its key; there are no folders but the top.
pub(crate) struct Room {
    objects: Arc<dyn ObjectStore>,
    folder: Path,
    random: Arc<dyn Random>,
    turns: Turns,
}

impl Room {
    fn path(&self, key: &Key) -> Path {
        self.folder.clone().join(key.as_str())
    }

    /// The key behind an id that names an object.
    fn key(id: &ItemId, operation: Operation) -> Result<Key, StorageError> {
        Key::of(id).ok_or_else(|| refused(StorageErrorKind::NotFound, operation))
    }

    async fn object(&self, key: &Key, operation: Operation) -> Result<ObjectMeta, StorageError> {
        let object = self.objects.head(&self.path(key)).await;
        object.map_err(|error| failed(&error, operation))
    }

    fn temporary(&self) -> Path {
        self.folder.clone().join(temporary::name(&*self.random))
    }

    /// The path of an object that is to go somewhere, and the name that it shall have there.
    async fn way(
        &self,
        item: &ItemId,
        to: &Destination,
        operation: Operation,
    ) -> Result<(Path, ItemName), StorageError> {
        let key = Self::key(item, operation)?;
        self.object(&key, operation).await?;
        if let Some(folder) = &to.folder {
            self.check_folder(folder, operation).await?;
        }
        let name = match &to.name {
            Some(name) => name.clone(),
            None => key.name(),
        };
        Ok((self.path(&key), name))
    }

    async fn placed(
        &self,
        source: (Verb, &Path),
        name: &ItemName,
        conflict: NameConflict,
        operation: Operation,
    ) -> Result<Item, StorageError> {
        let name = (name, conflict);
        let key =
            place::at_free_name(&*self.objects, source, &self.folder, name, operation).await?;
        let object = self.object(&key, operation).await?;
        item_of(&object).ok_or_else(|| refused(StorageErrorKind::Failed, operation))
    }

    async fn check_expected(&self, key: &Key, guard: &ReplaceGuard) -> Result<(), StorageError> {
        let object = self.object(key, Operation::Write).await?;
        let etag = object.e_tag.as_deref().and_then(entity_tag);
        if guard.is_met_by(etag.as_ref()) {
            Ok(())
        } else {
            let kind = StorageErrorKind::PreconditionFailed;
            Err(refused(kind, Operation::Write))
        }
    }

    /// Whoever else would change the object waits, so that of two who expect the same one only one finds
    /// it; the rename itself is atomic.
    async fn moved_over(
        &self,
        temporary: &Path,
        key: &Key,
        guard: &ReplaceGuard,
    ) -> Result<Item, StorageError> {
        let path = self.path(key);
        let _turn = self.turns.take(path.as_ref()).await;
        self.check_expected(key, guard).await?;
        let moved = self.objects.rename(temporary, &path).await;
        moved.map_err(|error| failed(&error, Operation::Write))?;
        let object = self.object(key, Operation::Write).await?;
        item_of(&object).ok_or_else(|| refused(StorageErrorKind::Failed, Operation::Write))
    }

    /// Every object is a file, so only the top folder can be one to look into.
    async fn check_folder(&self, id: &ItemId, operation: Operation) -> Result<(), StorageError> {
        if id.is_root() {
            return Ok(());
        }
        self.object(&Self::key(id, operation)?, operation).await?;
        Err(refused(StorageErrorKind::NotAFolder, operation))
    }
}

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
            return Ok(top_folder());
        }
        let key = Self::key(item, Operation::Metadata)?;
        let object = self.object(&key, Operation::Metadata).await?;
        item_of(&object).ok_or_else(|| refused(StorageErrorKind::NotFound, Operation::Metadata))
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

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Item, StorageError> {
        self.check_folder(folder, Operation::Write).await?;
        if Key::named(name).is_none() {
            return Err(refused(StorageErrorKind::NameNotAllowed, Operation::Write));
        }
        if conflict == NameConflict::Fail && self.find(folder, name).await?.is_some() {
            return Err(refused(StorageErrorKind::AlreadyExists, Operation::Write));
        }
        let temporary = self.temporary();
        let place = self.placed((Verb::Move, &temporary), name, conflict, Operation::Write);
        write::fill_then(&self.objects, &temporary, upload, place).await
    }

    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Item, StorageError> {
        if file.is_root() {
            return Err(refused(StorageErrorKind::NotAFile, Operation::Write));
        }
        let key = Self::key(file, Operation::Write)?;
        // So that no gigabyte is sent in vain.
        self.check_expected(&key, guard).await?;
        let temporary = self.temporary();
        let place = self.moved_over(&temporary, &key, guard);
        write::fill_then(&self.objects, &temporary, upload, place).await
    }

    /// Both names must be keys, and the only folder is the top one.
    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        if item.is_root() {
            return Err(refused(StorageErrorKind::Forbidden, Operation::Relocate));
        }
        let (from, name) = self.way(item, to, Operation::Relocate).await?;
        if name.as_str().as_bytes() == item.item() {
            return Err(refused(StorageErrorKind::IntoItself, Operation::Relocate));
        }
        let source = (Verb::Move, &from);
        let _turn = self.turns.take(from.as_ref()).await;
        self.placed(source, &name, to.conflict, Operation::Relocate)
            .await
    }

    /// As for relocating.
    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        if item.is_root() {
            return Err(refused(StorageErrorKind::IntoItself, Operation::Copy));
        }
        let (from, name) = self.way(item, to, Operation::Copy).await?;
        self.placed((Verb::Copy, &from), &name, to.conflict, Operation::Copy)
            .await
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

    async fn delete(&self, item: &ItemId) -> Result<(), StorageError> {
        if item.is_root() {
            return Err(refused(StorageErrorKind::Forbidden, Operation::Delete));
        }
        let path = self.path(&Self::key(item, Operation::Delete)?);
        let _turn = self.turns.take(path.as_ref()).await;
        let deleted = self.objects.delete(&path).await;
        deleted.map_err(|error| failed(&error, Operation::Delete))
    }
}

fn top_folder() -> Item {
    Item {
        id: ItemId::root(),
        name: String::new(),
        kind: ItemKind::Folder,
        size_bytes: None,
        modified_at: None,
        etag: None,
        content_type: None,
    }
}

/// The object as an item; `None` for what is no item, such as an upload under way.
fn item_of(object: &ObjectMeta) -> Option<Item> {
    let key = Key::new(object.location.filename()?)?;
    Some(Item {
        id: ItemId::new(key.as_str()).ok()?,
        name: key.as_str().to_owned(),
        kind: ItemKind::File,
        size_bytes: Some(object.size),
        modified_at: modified_at(object),
        etag: object.e_tag.as_deref().and_then(entity_tag),
        content_type: None,
    })
}

fn modified_at(object: &ObjectMeta) -> Option<Timestamp> {
    Some(Timestamp::from_unix_micros(
        object.last_modified.timestamp_micros(),
    ))
}

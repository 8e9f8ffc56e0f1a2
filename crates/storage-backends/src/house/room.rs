//! One user's part of the house: which objects there are, and what they are as items.

use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use wharf_domain::id::UserId;
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{
    Destination, NameConflict, Operation, ReplaceGuard, StorageError, StorageErrorKind,
};
use wharf_domain::random::Random;
use wharf_domain::time::Timestamp;

use crate::entity_tag::entity_tag;
use crate::temporary;
use crate::turns::Turns;
use crate::undo::Background;

use super::error::{failed, refused};
use super::key::Key;
use super::place::{self, Verb};

/// One user's objects. An item's id is its key; there are no folders but the top.
pub(crate) struct Room {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) folder: Path,
    pub(super) turns: Turns,
    pub(super) background: Background,
    random: Arc<dyn Random>,
}

impl Room {
    /// The objects of this user. Whoever would change an object takes a turn.
    pub(crate) fn new(
        objects: Arc<dyn ObjectStore>,
        owner: UserId,
        turns: Turns,
        random: Arc<dyn Random>,
        background: Background,
    ) -> Self {
        Self {
            objects,
            folder: Path::from(owner.to_string()),
            turns,
            background,
            random,
        }
    }

    /// Where the object with this key lies.
    pub(super) fn path(&self, key: &Key) -> Path {
        self.folder.clone().join(key.as_str())
    }

    /// The key behind an id that names an object.
    pub(super) fn key(id: &ItemId, operation: Operation) -> Result<Key, StorageError> {
        Key::of(id).ok_or_else(|| refused(StorageErrorKind::NotFound, operation))
    }

    /// What the object store knows of an object.
    pub(super) async fn object(
        &self,
        key: &Key,
        operation: Operation,
    ) -> Result<ObjectMeta, StorageError> {
        let object = self.objects.head(&self.path(key)).await;
        object.map_err(|error| failed(&error, operation))
    }

    /// A fresh hidden path for a content on its way.
    pub(super) fn temporary(&self) -> Path {
        self.folder.clone().join(temporary::name(&*self.random))
    }

    /// The path of an object that is to go somewhere, and the name that it shall have there.
    pub(super) async fn way(
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

    /// Brings the object to the first free one of the names that `conflict` allows; the item there.
    pub(super) async fn placed(
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

    /// Refuses to replace an object that is not what the guard says.
    pub(super) async fn check_expected(
        &self,
        key: &Key,
        guard: &ReplaceGuard,
    ) -> Result<(), StorageError> {
        let object = self.object(key, Operation::Write).await?;
        let etag = object.e_tag.as_deref().and_then(entity_tag);
        if guard.is_met_by(etag.as_ref()) {
            Ok(())
        } else {
            let kind = StorageErrorKind::PreconditionFailed;
            Err(refused(kind, Operation::Write))
        }
    }

    /// Moves a whole content over the object if that is what the guard says; the item as it is then.
    ///
    /// Whoever else would change the object waits, so that of two who expect the same one only one finds
    /// it; the rename itself is atomic.
    pub(super) async fn moved_over(
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
    pub(super) async fn check_folder(
        &self,
        id: &ItemId,
        operation: Operation,
    ) -> Result<(), StorageError> {
        if id.is_root() {
            return Ok(());
        }
        self.object(&Self::key(id, operation)?, operation).await?;
        Err(refused(StorageErrorKind::NotAFolder, operation))
    }
}

/// The only folder that there is.
pub(super) fn top_folder() -> Item {
    Item {
        id: ItemId::root(),
        name: String::new(),
        kind: ItemKind::Folder,
        size_bytes: None,
        modified_at: None,
        etag: None,
        content_type: None,
        export_formats: Vec::new(),
    }
}

/// The object as an item; `None` for what is no item, such as an upload under way.
pub(super) fn item_of(object: &ObjectMeta) -> Option<Item> {
    let key = Key::new(object.location.filename()?)?;
    Some(Item {
        id: ItemId::new(key.as_str()).ok()?,
        name: key.as_str().to_owned(),
        kind: ItemKind::File,
        size_bytes: Some(object.size),
        modified_at: modified_at(object),
        etag: object.e_tag.as_deref().and_then(entity_tag),
        content_type: None,
        export_formats: Vec::new(),
    })
}

/// When the object's content last changed.
pub(super) fn modified_at(object: &ObjectMeta) -> Option<Timestamp> {
    Some(Timestamp::from_unix_micros(
        object.last_modified.timestamp_micros(),
    ))
}

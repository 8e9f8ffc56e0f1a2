//! One user's part of the house: which objects there are, and what they are as items.

use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use wharf_domain::content::Upload;
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{
    Destination, NameConflict, Operation, StorageError, StorageErrorKind, Written,
};
use wharf_domain::random::Random;
use wharf_domain::time::Timestamp;

use crate::entity_tag::entity_tag;
use crate::temporary;
use crate::turns::Turns;
use crate::undo::Background;

use super::error::{failed, refused};
use super::key::Key;
use super::shelf::{Condition, Shelf};

/// One user's objects. An item's id is its key; there are no folders but the top.
pub(crate) struct Room {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) folder: Path,
    pub(super) turns: Turns,
    pub(super) background: Background,
    shelf: Arc<dyn Shelf>,
    random: Arc<dyn Random>,
}

impl Room {
    /// The objects in this folder of the shelf. Whoever would change an object takes a turn.
    pub(super) fn new(
        shelf: Arc<dyn Shelf>,
        folder: Path,
        turns: Turns,
        random: Arc<dyn Random>,
        background: Background,
    ) -> Self {
        Self {
            objects: shelf.objects(),
            folder,
            turns,
            background,
            shelf,
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
        if let Err(object_store::Error::NotFound { .. }) = object {
            self.shelf.stands(operation).await?;
        }
        object.map_err(|error| failed(&error, operation))
    }

    /// The object as an item.
    pub(super) async fn item(&self, key: &Key, operation: Operation) -> Result<Item, StorageError> {
        let object = self.object(key, operation).await?;
        item_of(&object).ok_or_else(|| refused(StorageErrorKind::Failed, operation))
    }

    /// A name that nothing has: a hidden one, for what is on its way.
    pub(super) fn fresh_name(&self) -> String {
        temporary::name(&*self.random)
    }

    /// The keys of an object that is to go somewhere: where it is, and where it shall be.
    pub(super) async fn way(
        &self,
        item: &ItemId,
        to: &Destination,
        operation: Operation,
    ) -> Result<(Key, Key), StorageError> {
        let from = Self::key(item, operation)?;
        self.object(&from, operation).await?;
        if let Some(folder) = &to.folder {
            self.check_folder(folder, operation).await?;
        }
        let to = match &to.name {
            Some(name) => Self::named(name, operation)?,
            None => from.clone(),
        };
        Ok((from, to))
    }

    /// The key for a new item.
    pub(super) fn named(name: &ItemName, operation: Operation) -> Result<Key, StorageError> {
        Key::named(name).ok_or_else(|| refused(StorageErrorKind::NameNotAllowed, operation))
    }

    /// Stores a content at this key.
    pub(super) async fn store(
        &self,
        key: &Key,
        condition: Condition<'_>,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        // So that no gigabyte is sent in vain.
        self.check(key, condition).await?;
        let verification = self.shelf.store(self, key, condition, upload).await?;
        let item = self.item(key, Operation::Write).await?;
        Ok(Written { item, verification })
    }

    /// Refuses what does not meet the condition; what is at the key.
    pub(super) async fn check(
        &self,
        key: &Key,
        condition: Condition<'_>,
    ) -> Result<Option<ObjectMeta>, StorageError> {
        let object = self.object(key, Operation::Write).await;
        match (condition, object) {
            (Condition::Free, Ok(_)) => {
                Err(refused(StorageErrorKind::AlreadyExists, Operation::Write))
            }
            (Condition::Free, Err(error)) if error.kind == StorageErrorKind::NotFound => Ok(None),
            (Condition::Still(guard), Ok(object)) => {
                let etag = object.e_tag.as_deref().and_then(entity_tag);
                if guard.is_met_by(etag.as_ref()) {
                    Ok(Some(object))
                } else {
                    let kind = StorageErrorKind::PreconditionFailed;
                    Err(refused(kind, Operation::Write))
                }
            }
            (_, Err(error)) => Err(error),
        }
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

/// What a name that is taken means. A number in brackets would be no key.
pub(super) fn taken(conflict: NameConflict, error: StorageError) -> StorageError {
    match (conflict, &error.kind) {
        (NameConflict::Number, StorageErrorKind::AlreadyExists) => {
            refused(StorageErrorKind::NameNotAllowed, error.operation)
        }
        _ => error,
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

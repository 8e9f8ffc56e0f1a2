//! Giving an object another key, or its content another object. Nothing is ever overwritten here.

use object_store::ObjectStoreExt;
use wharf_domain::item::Item;
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};

use super::error::{failed, refused};
use super::key::Key;
use super::room::Room;

/// Whether the object stays where it was.
#[derive(Clone, Copy)]
pub(super) enum Verb {
    /// It goes.
    Move,
    /// It stays.
    Copy,
}

impl Room {
    /// Brings the object at `from` to the other key, which must be free; the item there.
    ///
    /// A bucket knows no renaming: it copies and then deletes. What is cut off between the two leaves both,
    /// and what is told then is the failure.
    pub(super) async fn transfer(
        &self,
        verb: Verb,
        from: &Key,
        to: &Key,
    ) -> Result<Item, StorageError> {
        let operation = match verb {
            Verb::Move => Operation::Relocate,
            Verb::Copy => Operation::Copy,
        };
        let (source, target) = (self.path(from), self.path(to));
        let _turns = self.turns.take_both(source.as_ref(), target.as_ref()).await;
        // Not every bucket minds the condition of a copy.
        match self.object(to, operation).await {
            Ok(_) => return Err(refused(StorageErrorKind::AlreadyExists, operation)),
            Err(error) if error.kind == StorageErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let brought = match verb {
            Verb::Move => self.objects.rename_if_not_exists(&source, &target).await,
            Verb::Copy => self.objects.copy_if_not_exists(&source, &target).await,
        };
        brought.map_err(|error| failed(&error, operation))?;
        self.item(to, operation).await
    }
}

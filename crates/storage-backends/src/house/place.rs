//! Giving an object a key that is free. Nothing is ever overwritten here, however close the race.

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use wharf_domain::item::ItemName;
use wharf_domain::ports::storage::{NameConflict, Operation, StorageError, StorageErrorKind};

use super::error::{failed, refused};
use super::key::Key;

/// Whether the object stays where it was.
#[derive(Clone, Copy)]
pub(crate) enum Verb {
    /// It goes.
    Move,
    /// It stays.
    Copy,
}

/// Brings the object `from` into `folder`, under the first free one of the names that `conflict` allows;
/// its key there.
pub(crate) async fn at_free_name(
    objects: &dyn ObjectStore,
    (verb, from): (Verb, &Path),
    folder: &Path,
    (name, conflict): (&ItemName, NameConflict),
    operation: Operation,
) -> Result<Key, StorageError> {
    for candidate in conflict.candidates(name) {
        let key = Key::named(&candidate)
            .ok_or_else(|| refused(StorageErrorKind::NameNotAllowed, operation))?;
        let target = folder.clone().join(key.as_str());
        let placed = match verb {
            Verb::Move => objects.rename_if_not_exists(from, &target).await,
            Verb::Copy => objects.copy_if_not_exists(from, &target).await,
        };
        match placed {
            Ok(()) => return Ok(key),
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(failed(&error, operation)),
        }
    }
    Err(refused(StorageErrorKind::AlreadyExists, operation))
}

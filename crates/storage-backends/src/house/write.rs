//! Storing an object: its parts under a hidden temporary key, then a rename that never overwrites.
//! Until the rename nothing is visible, and whatever ends it early clears up.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, RenameOptions, RenameTargetMode, WriteMultipart};
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::item::ItemName;
use wharf_domain::ports::storage::{NameConflict, Operation, StorageError, StorageErrorKind};

use crate::undo::Undo;
use crate::upload;

use super::error::{failed, refused};
use super::key::Key;

/// The size of a part, and how many may be on their way to the disk at once.
const PART_BYTES: usize = 64 * 1024;
const PARTS_IN_FLIGHT: usize = 4;

/// Stores a content below `folder` under the first free one of the keys that `conflict` allows; the key.
pub(crate) async fn write(
    objects: &Arc<dyn ObjectStore>,
    folder: &Path,
    temporary: Path,
    name: &ItemName,
    conflict: NameConflict,
    upload: Upload,
) -> Result<Key, StorageError> {
    let undo = Undo::on_drop(delete(Arc::clone(objects), temporary.clone()));
    fill(objects, &temporary, upload).await?;
    for candidate in conflict.candidates(name) {
        let key = Key::named(&candidate)
            .ok_or_else(|| refused(StorageErrorKind::NameNotAllowed, Operation::Write))?;
        let target = folder.clone().join(key.as_str());
        let create_only = RenameOptions::new().with_target_mode(RenameTargetMode::Create);
        match objects.rename_opts(&temporary, &target, create_only).await {
            Ok(()) => {
                undo.defuse();
                return Ok(key);
            }
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(failed(&error, Operation::Write)),
        }
    }
    Err(refused(StorageErrorKind::AlreadyExists, Operation::Write))
}

//! What a folder of the local disk and a bucket do differently: how a content gets to its key, whole and
//! at one stroke. Looking, listing, reading, copying and deleting are the same on both.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::ObjectStore;
use object_store::path::Path;
use wharf_domain::content::Upload;
use wharf_domain::ports::storage::{Operation, ReplaceGuard, StorageError};
use wharf_domain::verification::Verification;

use super::key::Key;
use super::room::Room;

/// Where the house's objects lie.
#[async_trait]
pub(super) trait Shelf: Send + Sync {
    /// The objects, for all that is the same everywhere.
    fn objects(&self) -> Arc<dyn ObjectStore>;

    /// Fails if the shelf itself is not there, now that something is missing on it.
    async fn stands(&self, operation: Operation) -> Result<(), StorageError>;

    /// Stores a content at this key of the room, if what is there when it is whole meets the condition.
    /// Until then nothing of it is visible, and whatever ends it early clears up. How it is known to be
    /// what was sent.
    async fn store(
        &self,
        room: &Room,
        key: &Key,
        condition: Condition<'_>,
        upload: Upload,
    ) -> Result<Verification, StorageError>;

    /// Removes whatever lies in this folder, and the folder.
    async fn clear(&self, folder: &Path) -> Result<(), StorageError>;
}

/// What must be at a key for a content to go there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Condition<'a> {
    /// Nothing: it is a new object's.
    Free,
    /// What the guard says.
    Still(&'a ReplaceGuard),
}

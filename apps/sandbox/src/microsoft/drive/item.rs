//! An item: whatever has an id in a drive, folders included.
//! <https://learn.microsoft.com/graph/api/resources/driveitem>

use std::sync::Arc;
use std::time::SystemTime;

use crate::blob::Blob;

/// An id, opaque to clients.
pub(super) type Id = Arc<str>;

/// An item.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) id: Id,
    /// Its place in the order in which items came into being.
    pub(super) number: u64,
    pub(super) name: String,
    /// `None` for the top folder.
    pub(super) parent: Option<Id>,
    pub(super) content: Content,
    pub(super) created: SystemTime,
    pub(super) modified: SystemTime,
    /// Counts all changes.
    pub(super) version: u64,
    /// Counts the changes of what is in it; of a folder, those of everything beneath.
    pub(super) content_version: u64,
}

/// What is in it.
#[derive(Clone)]
pub(super) enum Content {
    /// Other items, of so many bytes in all.
    Folder {
        size: u64,
    },
    Bytes(Blob),
}

impl Item {
    pub(super) fn is_folder(&self) -> bool {
        matches!(self.content, Content::Folder { .. })
    }

    /// How many bytes it has, or everything beneath it.
    pub(super) fn size(&self) -> u64 {
        match &self.content {
            Content::Folder { size } => *size,
            Content::Bytes(blob) => blob.size(),
        }
    }

    /// Its bytes, if it has any.
    pub(super) fn blob(&self) -> Option<&Blob> {
        match &self.content {
            Content::Folder { .. } => None,
            Content::Bytes(blob) => Some(blob),
        }
    }
}

/// A name as it counts within a folder: upper and lower case are the same.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

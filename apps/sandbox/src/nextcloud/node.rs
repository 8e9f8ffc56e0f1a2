//! A file or folder by itself.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::numbers::FileId;
use crate::blob::Blob;

/// A file or folder.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: FileId,
    pub(super) name: String,
    /// `None` for the top folder and for what is in the trash.
    pub(super) parent: Option<FileId>,
    pub(super) kind: Kind,
    /// Without quotes. A folder's changes with everything beneath it.
    pub(super) etag: String,
    pub(super) modified: SystemTime,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Other nodes by their names.
    Folder(BTreeMap<String, FileId>),
    File(Content),
}

/// What a file holds.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) blob: Blob,
    /// What a client said of it, which nobody has compared.
    pub(super) checksum: Option<String>,
}

impl Node {
    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Folder(_))
    }

    /// What it holds, if it is a file.
    pub(super) fn content(&self) -> Option<&Content> {
        match &self.kind {
            Kind::Folder(_) => None,
            Kind::File(content) => Some(content),
        }
    }
}

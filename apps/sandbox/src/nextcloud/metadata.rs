//! A node's metadata as dav-server asks for it.

use std::time::SystemTime;

use dav_server::fs::{DavMetaData, FsResult};

use super::node::Node;

/// The metadata of a file or folder at one moment.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    bytes: u64,
    modified: SystemTime,
    etag: String,
    is_folder: bool,
}

impl Metadata {
    /// A node's, just now.
    pub(super) fn of(node: &Node) -> Self {
        Self {
            bytes: node.content().map_or(0, |content| content.blob.size()),
            modified: node.modified,
            etag: node.etag.clone(),
            is_folder: node.is_folder(),
        }
    }
}

impl DavMetaData for Metadata {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn modified(&self) -> FsResult<SystemTime> {
        Ok(self.modified)
    }

    fn is_dir(&self) -> bool {
        self.is_folder
    }

    fn etag(&self) -> Option<String> {
        Some(self.etag.clone())
    }
}

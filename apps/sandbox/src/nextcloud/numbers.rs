//! What an installation counts through, so that no file id and no entity tag ever comes twice.

use std::sync::atomic::{AtomicU64, Ordering};

/// By which a file or folder is known as long as it exists, wherever it moves.
pub(super) type FileId = u64;

/// The instance that ids are qualified with in `oc:id` and `OC-FileId`.
const INSTANCE: &str = "ocsandbox0000";

/// The installation's counter.
#[derive(Debug, Default)]
pub(super) struct Numbers(AtomicU64);

impl Numbers {
    /// The id of something new.
    pub(super) fn file_id(&self) -> FileId {
        self.next()
    }

    /// A fresh entity tag, without quotes.
    pub(super) fn etag(&self) -> String {
        format!("{:032x}", self.next())
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// An id as it is known beyond this installation.
pub(super) fn qualified(id: FileId) -> String {
    format!("{id:08}{INSTANCE}")
}

//! Where contents that arrive are kept: numbered files in one folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::digests::Hashed;
use super::file::StoredFile;
use super::writer::BlobWriter;

/// The folder of all contents of a sandbox.
#[derive(Debug)]
pub(crate) struct BlobStore {
    folder: PathBuf,
    next: AtomicU64,
}

impl BlobStore {
    /// A store in a folder of its own under `parent`.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        let folder = parent.join("blobs");
        fs::create_dir(&folder)?;
        Ok(Self {
            folder,
            next: AtomicU64::new(0),
        })
    }

    /// Begins a content that arrives bit by bit.
    pub(crate) fn writer(&self) -> io::Result<BlobWriter> {
        self.writer_with(Hashed::Everything)
    }

    /// The same with these digests computed on the way.
    pub(crate) fn writer_with(&self, hashed: Hashed) -> io::Result<BlobWriter> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(number.to_string());
        let (file, handle) = StoredFile::create(path)?;
        Ok(BlobWriter::new(file, handle, hashed))
    }
}

//! A file of the temporary folder that belongs to one content, and goes with it.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom};
use std::path::PathBuf;

/// The file. It is removed when this is dropped.
pub(super) struct StoredFile {
    path: PathBuf,
}

impl StoredFile {
    /// A fresh, empty file, and the handle for writing to it.
    pub(super) fn create(path: PathBuf) -> io::Result<(Self, File)> {
        let handle = File::create_new(&path)?;
        Ok((Self { path }, handle))
    }

    /// A handle that reads from `offset` on, with a place of its own.
    pub(super) fn open_at(&self, offset: u64) -> io::Result<File> {
        let mut handle = File::open(&self.path)?;
        handle.seek(SeekFrom::Start(offset))?;
        Ok(handle)
    }
}

impl Drop for StoredFile {
    fn drop(&mut self) {
        // The folder goes with the sandbox anyway; a file that stays a little longer harms nobody.
        let _ = fs::remove_file(&self.path);
    }
}

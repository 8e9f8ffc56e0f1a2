//! A content that arrives: in one request, or in several with any pause between them.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

use super::Blob;
use super::digests::{Hashed, Hashing};
use super::file::StoredFile;

/// A content in the making. What was written is gone when this is dropped.
///
/// Writing blocks; parts are small, and the machine's page cache takes them at once.
pub(crate) struct BlobWriter {
    file: StoredFile,
    handle: File,
    length: u64,
    hashing: Hashing,
}

impl BlobWriter {
    pub(super) fn new(file: StoredFile, handle: File, hashed: Hashed) -> Self {
        Self {
            file,
            handle,
            length: 0,
            hashing: Hashing::of(hashed),
        }
    }

    /// How many bytes are there.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Adds a part.
    pub(crate) fn write(&mut self, part: &[u8]) -> io::Result<()> {
        self.handle.write_all(part)?;
        self.hashing.update(part);
        self.length += part.len() as u64;
        Ok(())
    }

    /// Forgets everything behind the first `length` bytes. What stays is read once more, for the digests.
    pub(crate) fn cut_to(&mut self, length: u64) -> io::Result<()> {
        if length >= self.length {
            return Ok(());
        }
        self.handle.set_len(length)?;
        self.handle.seek(SeekFrom::Start(length))?;
        self.length = length;
        self.hashing.restart();
        let mut kept = self.file.open_at(0)?;
        io::copy(&mut kept, &mut self.hashing)?;
        Ok(())
    }

    /// The content, complete, with digests that are not its own.
    pub(crate) fn finish_misdigested(self) -> Blob {
        let known = self.hashing.finish().reversed();
        Blob::stored(self.file, self.length, known)
    }

    /// The content, complete.
    pub(crate) fn finish(self) -> Blob {
        Blob::stored(self.file, self.length, self.hashing.finish())
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::super::BlobStore;
    use super::*;

    fn bytes(blob: &Blob) -> Vec<u8> {
        let parts = blob.parts(0..u64::MAX);
        parts.flat_map(|part| part.unwrap().to_vec()).collect()
    }

    #[test]
    fn a_content_that_was_cut_and_continued_is_as_if_it_had_come_at_once() {
        let folder = TempDir::new().unwrap();
        let store = BlobStore::new(folder.path()).unwrap();
        let original = Blob::generated(3, 200_000);
        let mut writer = store.writer().unwrap();
        for part in original.parts(0..150_000) {
            writer.write(&part.unwrap()).unwrap();
        }
        writer.cut_to(99_999).unwrap();
        assert_eq!(writer.length(), 99_999);
        writer.cut_to(100_000).unwrap();
        assert_eq!(writer.length(), 99_999);
        for part in original.parts(99_999..200_000) {
            writer.write(&part.unwrap()).unwrap();
        }
        let blob = writer.finish();
        assert_eq!(blob.size(), 200_000);
        assert_eq!(blob.digests().unwrap(), original.digests().unwrap());
        assert_eq!(bytes(&blob), bytes(&original));
    }

    #[test]
    fn a_digest_is_the_same_whether_it_was_computed_on_arrival_or_is_only_now() {
        let folder = TempDir::new().unwrap();
        let store = BlobStore::new(folder.path()).unwrap();
        let original = Blob::generated(5, 100_000);
        for hashed in [Hashed::Everything, Hashed::Sha256, Hashed::Nothing] {
            let mut writer = store.writer_with(hashed).unwrap();
            for part in original.parts(0..100_000) {
                writer.write(&part.unwrap()).unwrap();
            }
            writer.write(b"more").unwrap();
            writer.cut_to(100_000).unwrap();
            let blob = writer.finish();
            let sha256 = original.digests().unwrap().sha256;
            assert_eq!(blob.sha256().unwrap(), sha256, "{hashed:?}");
            assert_eq!(blob.digests().unwrap(), original.digests().unwrap());
        }
    }

    #[test]
    fn files_go_with_the_last_who_needs_them() {
        let folder = TempDir::new().unwrap();
        let store = BlobStore::new(folder.path()).unwrap();
        let files = || folder.path().join("blobs").read_dir().unwrap().count();
        let mut writer = store.writer().unwrap();
        writer.write(b"kept").unwrap();
        let blob = writer.finish();
        let clone = blob.clone();
        drop(store.writer().unwrap());
        drop(blob);
        assert_eq!(files(), 1);
        assert_eq!(bytes(&clone), b"kept");
        drop(clone);
        assert_eq!(files(), 0);
    }
}

//! The content of a file: streamed to disk once, read by whoever holds it, gone with its last holder.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::hex::hex;

const READ_BYTES: usize = 64 * 1024;

/// A content that is complete.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    path: Arc<TempPath>,
    /// Its length.
    pub(super) bytes: u64,
}

impl Blob {
    /// A blob under `folder` of a content that is at hand.
    pub(super) fn of(folder: &Path, content: &str) -> io::Result<Self> {
        let path = NamedTempFile::new_in(folder)?.into_temp_path();
        fs::write(&path, content)?;
        Ok(Self {
            path: Arc::new(path),
            bytes: content.len() as u64,
        })
    }

    /// Opens it for reading.
    pub(super) async fn open(&self) -> io::Result<File> {
        File::open(&*self.path).await
    }
}

/// A content in the making. Dropped before its end it leaves nothing.
pub(super) struct BlobWriter {
    file: File,
    path: TempPath,
    bytes: u64,
    sha256: Option<Sha256>,
}

impl BlobWriter {
    /// An empty one under `folder`; its SHA-256 digest is computed on the way if it is wanted.
    pub(super) fn new(folder: &Path, wants_sha256: bool) -> io::Result<Self> {
        let (file, path) = NamedTempFile::new_in(folder)?.into_parts();
        Ok(Self {
            file: File::from_std(file),
            path,
            bytes: 0,
            sha256: wants_sha256.then(Sha256::new),
        })
    }

    /// How much was written.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes the next part.
    pub(super) async fn write(&mut self, part: &[u8]) -> io::Result<()> {
        self.file.write_all(part).await?;
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(part);
        }
        self.bytes += part.len() as u64;
        Ok(())
    }

    /// Writes all of another content.
    pub(super) async fn append(&mut self, blob: &Blob) -> io::Result<()> {
        let mut file = blob.open().await?;
        let mut buffer = Vec::with_capacity(READ_BYTES);
        loop {
            buffer.clear();
            if file.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            self.write(&buffer).await?;
        }
    }

    /// The complete content, and its SHA-256 digest in hexadecimal if that was wanted.
    pub(super) async fn finish(mut self) -> io::Result<(Blob, Option<String>)> {
        self.file.flush().await?;
        let sha256 = self.sha256.map(|sha256| hex(&sha256.finalize()));
        let blob = Blob {
            path: Arc::new(self.path),
            bytes: self.bytes,
        };
        Ok((blob, sha256))
    }
}

impl fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobWriter")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

//! Open files as dav-server reads and writes them. What is written is there at the end, all or nothing.

use std::fmt;
use std::io::SeekFrom;

use bytes::{Buf, Bytes};
use dav_server::fs::{DavFile, DavMetaData, FsError, FsFuture, FsResult};

use super::filesystem::Files;
use super::metadata::Metadata;
use super::node::Content;
use crate::blob::{Blob, BlobWriter};
use crate::corruption::Corruption;

/// A file that is read. Its content stays what it was when it was opened.
#[derive(Debug)]
pub(super) struct Reader {
    blob: Blob,
    /// Where the next part begins.
    position: u64,
    metadata: Metadata,
}

impl Reader {
    /// A reader at the beginning of a content.
    pub(super) const fn new(blob: Blob, metadata: Metadata) -> Self {
        Self {
            blob,
            position: 0,
            metadata,
        }
    }
}

/// A file that is written.
pub(super) struct Writer {
    files: Files,
    path: String,
    /// `None` once it is done.
    blob: Option<BlobWriter>,
    corruption: Corruption,
    /// The length that was announced.
    expected: Option<u64>,
    /// The length for which there is room.
    room: Option<u64>,
    /// Of what was made of it.
    metadata: Option<Metadata>,
}

impl Writer {
    /// A writer that puts a content of the expected length, if any is expected, at this path.
    pub(super) fn new(files: Files, path: String, expected: Option<u64>) -> FsResult<Self> {
        let blob = files.wishes.writer(&files.home.blobs)?;
        let room = files.home.lock().room();
        Ok(Self {
            path,
            blob: Some(blob),
            corruption: files.corruption,
            expected,
            room,
            metadata: None,
            files,
        })
    }

    fn write(&mut self, part: &[u8]) -> FsResult<()> {
        let blob = self.blob.as_mut().ok_or(FsError::GeneralFailure)?;
        let bytes = blob.length() + part.len() as u64;
        if self.room.is_some_and(|room| bytes > room) {
            return Err(FsError::InsufficientStorage);
        }
        Ok(self.corruption.write(blob, part)?)
    }

    /// Puts the content in its place, unless less came than was announced. What was written there while
    /// it came meets the conditions too.
    fn finish(&mut self) -> FsResult<()> {
        let Some(blob) = self.blob.take() else {
            return Ok(());
        };
        if self
            .expected
            .is_some_and(|expected| expected != blob.length())
        {
            return Ok(());
        }
        let blob = self.corruption.finish(blob)?;
        let wishes = &self.files.wishes;
        wishes.tell_digest(&blob)?;
        let content = Content {
            blob,
            checksum: wishes.checksum.clone(),
        };
        let now = self.files.now;
        let modified = wishes.modified.unwrap_or(now);
        let mut state = self.files.home.lock();
        let there = state.tree.find(&self.path).map(|node| &*node.etag);
        if !wishes.conditions.are_met(there) {
            return Err(FsError::Exists);
        }
        let id = state.tree.put(&self.path, content, modified, now)?;
        self.metadata = state.tree.node(id).map(Metadata::of);
        Ok(())
    }
}

impl DavFile for Reader {
    fn metadata(&'_ mut self) -> FsFuture<'_, Box<dyn DavMetaData>> {
        let metadata = self.metadata.clone();
        Box::pin(async { Ok(Box::new(metadata) as Box<dyn DavMetaData>) })
    }

    fn write_buf(&'_ mut self, _: Box<dyn Buf + Send>) -> FsFuture<'_, ()> {
        Box::pin(async { Err(FsError::Forbidden) })
    }

    fn write_bytes(&'_ mut self, _: Bytes) -> FsFuture<'_, ()> {
        Box::pin(async { Err(FsError::Forbidden) })
    }

    fn read_bytes(&'_ mut self, count: usize) -> FsFuture<'_, Bytes> {
        Box::pin(async move {
            let end = self.position.saturating_add(count as u64);
            let part = self.blob.parts(self.position..end).next();
            let part = part.transpose()?.unwrap_or_default();
            self.position += part.len() as u64;
            Ok(part)
        })
    }

    fn seek(&'_ mut self, position: SeekFrom) -> FsFuture<'_, u64> {
        let moved = match position {
            SeekFrom::Start(to) => Some(to),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.blob.size().checked_add_signed(by),
        };
        Box::pin(async move {
            self.position = moved.ok_or(FsError::GeneralFailure)?;
            Ok(self.position)
        })
    }

    fn flush(&'_ mut self) -> FsFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

impl DavFile for Writer {
    fn metadata(&'_ mut self) -> FsFuture<'_, Box<dyn DavMetaData>> {
        let metadata = self.metadata.clone().ok_or(FsError::NotFound);
        Box::pin(async { Ok(Box::new(metadata?) as Box<dyn DavMetaData>) })
    }

    fn write_buf(&'_ mut self, mut buffer: Box<dyn Buf + Send>) -> FsFuture<'_, ()> {
        let part = buffer.copy_to_bytes(buffer.remaining());
        Box::pin(async move { self.write(&part) })
    }

    fn write_bytes(&'_ mut self, part: Bytes) -> FsFuture<'_, ()> {
        Box::pin(async move { self.write(&part) })
    }

    fn read_bytes(&'_ mut self, _: usize) -> FsFuture<'_, Bytes> {
        Box::pin(async { Err(FsError::Forbidden) })
    }

    fn seek(&'_ mut self, _: SeekFrom) -> FsFuture<'_, u64> {
        Box::pin(async { Err(FsError::NotImplemented) })
    }

    fn flush(&'_ mut self) -> FsFuture<'_, ()> {
        Box::pin(async { self.finish() })
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

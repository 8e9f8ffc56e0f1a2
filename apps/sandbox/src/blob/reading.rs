//! A range of a content, part by part.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;

use bytes::Bytes;

use super::{Blob, PART_BYTES, Source};

/// The parts of a range. It ends behind the first error.
pub(crate) struct Parts {
    blob: Blob,
    left: Range<u64>,
    /// The content's file, once it is open.
    handle: Option<File>,
}

impl Parts {
    pub(super) fn new(blob: Blob, range: Range<u64>) -> Self {
        let end = range.end.min(blob.size());
        let left = range.start.min(end)..end;
        Self {
            blob,
            left,
            handle: None,
        }
    }

    fn read(&mut self, offset: u64, size: usize) -> io::Result<Bytes> {
        match &self.blob.0.source {
            Source::Fixed(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let part = bytes.get(start..start + size);
                Ok(Bytes::from_static(part.unwrap_or_default()))
            }
            Source::Generated(generated) => {
                let mut part = vec![0; size];
                generated.read(offset, &mut part);
                Ok(part.into())
            }
            Source::Stored(file) => {
                let handle = match &mut self.handle {
                    Some(handle) => handle,
                    none => none.insert(file.open_at(offset)?),
                };
                let mut part = vec![0; size];
                handle.read_exact(&mut part)?;
                Ok(part.into())
            }
        }
    }
}

impl Iterator for Parts {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let size = PART_BYTES.min(self.left.end - self.left.start);
        if size == 0 {
            return None;
        }
        let offset = self.left.start;
        self.left.start += size;
        let part = self.read(offset, usize::try_from(size).unwrap_or_default());
        if part.is_err() {
            self.left.start = self.left.end;
        }
        Some(part)
    }
}

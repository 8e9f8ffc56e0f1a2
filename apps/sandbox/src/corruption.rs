//! Contents that are not stored as they were sent, or are not what their digests say. Knows no provider.

use std::io;

use crate::blob::{Blob, BlobWriter};

/// What goes wrong with the content that a request brings.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Corruption {
    /// The lowest bit of the first byte is flipped.
    pub(crate) flips: bool,
    /// The last byte of the whole content is lost.
    pub(crate) cuts: bool,
    /// The digests are those of something else.
    pub(crate) misdigests: bool,
}

impl Corruption {
    /// Writes a part of the content; what is flipped is flipped in the first of a request.
    pub(crate) fn write(&mut self, writer: &mut BlobWriter, part: &[u8]) -> io::Result<()> {
        if let [first, rest @ ..] = part
            && self.flips
        {
            self.flips = false;
            writer.write(&[first ^ 1])?;
            return writer.write(rest);
        }
        writer.write(part)
    }

    /// The content, complete as far as the provider knows.
    pub(crate) fn finish(self, mut writer: BlobWriter) -> io::Result<Blob> {
        if self.cuts {
            writer.cut_to(writer.length().saturating_sub(1))?;
        }
        Ok(if self.misdigests {
            writer.finish_misdigested()
        } else {
            writer.finish()
        })
    }
}

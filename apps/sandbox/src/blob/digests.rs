//! The digests that providers show of contents, computed in one pass.

use std::io;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::quick_xor::QuickXorHash;

/// The digests of one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) md5: [u8; 16],
    pub(crate) sha1: [u8; 20],
    pub(crate) sha256: [u8; 32],
    pub(crate) quick_xor: [u8; 20],
}

/// All digests in the making.
#[derive(Clone, Default)]
pub(super) struct Hashing {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    quick_xor: QuickXorHash,
}

impl Hashing {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.quick_xor.update(bytes);
    }

    pub(super) fn finish(self) -> Digests {
        Digests {
            md5: self.md5.finalize().into(),
            sha1: self.sha1.finalize().into(),
            sha256: self.sha256.finalize().into(),
            quick_xor: self.quick_xor.finish(),
        }
    }
}

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

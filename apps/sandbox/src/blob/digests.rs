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

/// Which digests are computed while a content arrives. Whatever else is asked for is computed then.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hashed {
    Everything,
    Sha256,
    Nothing,
}

/// All digests in the making.
#[derive(Clone, Default)]
pub(super) struct All {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    quick_xor: QuickXorHash,
}

/// What is computed while a content arrives.
pub(super) enum Hashing {
    All(Box<All>),
    Sha256(Sha256),
    Nothing,
}

/// What is known of a content that has arrived.
#[derive(Clone, Copy)]
pub(super) enum Known {
    All(Digests),
    Sha256([u8; 32]),
    Nothing,
}

impl All {
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

impl Hashing {
    pub(super) fn of(hashed: Hashed) -> Self {
        match hashed {
            Hashed::Everything => Self::All(Box::default()),
            Hashed::Sha256 => Self::Sha256(Sha256::new()),
            Hashed::Nothing => Self::Nothing,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::All(all) => all.update(bytes),
            Self::Sha256(sha256) => sha256.update(bytes),
            Self::Nothing => {}
        }
    }

    /// Forgets what it was told.
    pub(super) fn restart(&mut self) {
        *self = Self::of(match self {
            Self::All(_) => Hashed::Everything,
            Self::Sha256(_) => Hashed::Sha256,
            Self::Nothing => Hashed::Nothing,
        });
    }

    pub(super) fn finish(self) -> Known {
        match self {
            Self::All(all) => Known::All(all.finish()),
            Self::Sha256(sha256) => Known::Sha256(sha256.finalize().into()),
            Self::Nothing => Known::Nothing,
        }
    }
}

impl Known {
    /// The digests of something else.
    pub(super) fn reversed(mut self) -> Self {
        match &mut self {
            Self::All(Digests {
                md5,
                sha1,
                sha256,
                quick_xor,
            }) => {
                for digest in [&mut md5[..], sha1, sha256, quick_xor] {
                    digest.reverse();
                }
            }
            Self::Sha256(sha256) => sha256.reverse(),
            Self::Nothing => {}
        }
        self
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

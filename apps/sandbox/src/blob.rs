//! Contents of any size that never lie in memory. Knows no provider, no names and no owners.
//!
//! A [`Blob`] never changes once it is there, and is cheap to clone; the file behind it goes with the last
//! clone.

mod digests;
mod file;
mod generated;
mod quick_xor;
mod reading;
mod store;
mod writer;

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures_util::Stream;

use digests::Known;
use file::StoredFile;
use generated::Generated;

pub(crate) use digests::{Digests, Hashed};
pub(crate) use store::BlobStore;
pub(crate) use writer::BlobWriter;

/// The most bytes of a content that are in memory at a time, for each reader.
pub(crate) const PART_BYTES: u64 = 64 * 1024;

/// A content.
#[derive(Clone)]
pub(crate) struct Blob(Arc<Content>);

struct Content {
    source: Source,
    size: u64,
    /// Where that alone was computed on arrival.
    sha256: Option<[u8; 32]>,
    digests: OnceLock<Digests>,
}

/// Where the bytes come from.
enum Source {
    Generated(Generated),
    Fixed(&'static [u8]),
    Stored(StoredFile),
}

impl Blob {
    /// So many bytes without any pattern, computed when they are read. The same seed has the same bytes,
    /// and a longer content of the same seed begins with them.
    pub(crate) fn generated(seed: u64, size: u64) -> Self {
        Self::new(Source::Generated(Generated::new(seed)), size)
    }

    /// A text of the program.
    pub(crate) fn fixed(bytes: &'static [u8]) -> Self {
        Self::new(Source::Fixed(bytes), bytes.len() as u64)
    }

    fn new(source: Source, size: u64) -> Self {
        Self(Arc::new(Content {
            source,
            size,
            sha256: None,
            digests: OnceLock::new(),
        }))
    }

    /// What was written to a file, and what was computed meanwhile.
    fn stored(file: StoredFile, size: u64, known: Known) -> Self {
        let (sha256, digests) = match known {
            Known::All(digests) => (None, digests.into()),
            Known::Sha256(sha256) => (Some(sha256), OnceLock::new()),
            Known::Nothing => (None, OnceLock::new()),
        };
        Self(Arc::new(Content {
            source: Source::Stored(file),
            size,
            sha256,
            digests,
        }))
    }

    /// Its size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.0.size
    }

    /// Its SHA-256.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(crate) fn sha256(&self) -> io::Result<[u8; 32]> {
        match self.0.sha256 {
            Some(sha256) => Ok(sha256),
            None => Ok(self.digests()?.sha256),
        }
    }

    /// Its digests. Those that were not computed on arrival are when they are first asked for, which takes
    /// about as long as sending it does.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(crate) fn digests(&self) -> io::Result<Digests> {
        if let Some(digests) = self.0.digests.get() {
            return Ok(*digests);
        }
        let mut hashing = digests::All::default();
        for part in self.parts(0..self.size()) {
            hashing.update(&part?);
        }
        Ok(*self.0.digests.get_or_init(|| hashing.finish()))
    }

    /// Its digests, unless they are not known yet and it is larger than this, so that nobody waits long.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub(crate) fn digests_within(&self, most_bytes: u64) -> io::Result<Option<Digests>> {
        if self.0.digests.get().is_none() && self.size() > most_bytes {
            return Ok(None);
        }
        self.digests().map(Some)
    }

    /// The bytes of a range, cut to the content's size, in parts of [`PART_BYTES`] at most.
    pub(crate) fn stream(
        &self,
        range: Range<u64>,
    ) -> impl Stream<Item = io::Result<Bytes>> + use<> {
        futures_util::stream::iter(self.parts(range))
    }

    /// The same for callers that block.
    pub(crate) fn parts(&self, range: Range<u64>) -> reading::Parts {
        reading::Parts::new(self.clone(), range)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob")
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(blob: &Blob, range: Range<u64>) -> Vec<u8> {
        let parts = blob.parts(range);
        parts.flat_map(|part| part.unwrap().to_vec()).collect()
    }

    #[test]
    fn any_range_of_a_generated_content_is_a_part_of_the_whole() {
        let blob = Blob::generated(7, 200_003);
        let whole = read(&blob, 0..200_003);
        assert_eq!(whole.len(), 200_003);
        for range in [0..1, 1..9, 65_535..65_537, 7..131_101, 199_990..200_003] {
            let (start, end) = (range.start as usize, range.end as usize);
            assert_eq!(read(&blob, range), whole[start..end]);
        }
        assert_eq!(read(&blob, 200_000..u64::MAX), whole[200_000..]);
        assert_eq!(read(&blob, 200_003..200_004), b"");
        assert!(whole.windows(8).all(|window| window != [0; 8]));
    }

    #[test]
    fn a_generated_content_may_be_larger_than_any_machine() {
        let size = 1 << 60;
        let blob = Blob::generated(1, size);
        assert_eq!(blob.size(), size);
        assert_eq!(read(&blob, size - 3..size).len(), 3);
    }

    #[test]
    fn contents_of_different_seeds_differ_and_the_longer_begins_with_the_shorter() {
        let short = read(&Blob::generated(1, 100), 0..100);
        assert_ne!(short, read(&Blob::generated(2, 100), 0..100));
        assert_eq!(short, read(&Blob::generated(1, 1000), 0..100));
    }

    #[test]
    fn parts_are_small() {
        let blob = Blob::generated(1, 1_000_000);
        let sizes = blob.parts(0..1_000_000).map(|part| part.unwrap().len());
        assert!(sizes.max().unwrap() as u64 <= PART_BYTES);
    }

    /// The digests of "abc" by RFC 1321 and FIPS 180-4.
    #[test]
    fn digests_are_those_of_the_standards() {
        let hex = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let digests = Blob::fixed(b"abc").digests().unwrap();
        assert_eq!(hex(&digests.md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            hex(&digests.sha1),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert_eq!(
            hex(&digests.sha256),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}

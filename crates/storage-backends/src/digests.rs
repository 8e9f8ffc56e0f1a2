//! Digests of a content, computed once, on its way. They know no storage.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use md5::Md5;
use sha2::Sha256;
use sha2::digest::Digest as _;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::quick_xor::QuickXorHash;

/// How a digest is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RFC 1321. No proof against anybody who means harm, but some storages tell no other.
    Md5,
    /// FIPS 180-4.
    Sha256,
    /// Microsoft's own, which is no proof against anybody who means harm either.
    QuickXor,
}

/// A digest under way.
#[derive(Clone)]
pub(crate) enum Digest {
    Md5(Md5),
    Sha256(Sha256),
    QuickXor(QuickXorHash),
}

impl Digest {
    /// The digest of nothing.
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Md5 => Self::Md5(Md5::default()),
            Algorithm::Sha256 => Self::Sha256(Sha256::default()),
            Algorithm::QuickXor => Self::QuickXor(QuickXorHash::default()),
        }
    }

    /// Takes the next bytes in.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(digest) => digest.update(bytes),
            Self::Sha256(digest) => digest.update(bytes),
            Self::QuickXor(digest) => digest.update(bytes),
        }
    }

    /// Which one this is.
    pub(crate) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Md5(_) => Algorithm::Md5,
            Self::Sha256(_) => Algorithm::Sha256,
            Self::QuickXor(_) => Algorithm::QuickXor,
        }
    }

    /// The digest of all bytes so far, as storages write it: in hexadecimal digits, lower case, and
    /// Microsoft's in base64.
    pub(crate) fn told(self) -> String {
        match self {
            Self::Md5(digest) => hex(&digest.finalize()),
            Self::Sha256(digest) => hex(&digest.finalize()),
            Self::QuickXor(digest) => STANDARD.encode(digest.finalize()),
        }
    }
}

/// A digest of what passes, to be asked for from beside the stream.
#[derive(Clone)]
pub(crate) struct Passing(Arc<Mutex<Digest>>);

impl Passing {
    /// The digest of nothing.
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        Self(Arc::new(Mutex::new(Digest::of(algorithm))))
    }

    /// Takes the next bytes in.
    pub(crate) fn update(&self, bytes: &[u8]) {
        let mut digest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        digest.update(bytes);
    }

    /// The digest of all bytes so far.
    pub(crate) fn told(&self) -> String {
        let digest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        digest.clone().told()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A content is not the one that its storage told the digest of.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the content is not what its digest says")]
struct OtherContent;

/// Passes on a whole content whose digest is known, and ends in an error if it is another one. The last
/// piece is held back until that is certain: whoever counts the bytes takes the last one for the end.
pub(crate) fn verified<S>(
    expected: (Algorithm, String),
    body: S,
) -> impl Stream<Item = Result<Bytes, Fault>> + Send + use<S>
where
    S: Stream<Item = Result<Bytes, Fault>> + Send + 'static,
{
    let (algorithm, expected) = expected;
    let state = (
        body.boxed(),
        Some(Digest::of(algorithm)),
        None::<Bytes>,
        expected,
    );
    stream::try_unfold(
        state,
        |(mut body, mut digest, mut held, expected)| async move {
            loop {
                let Some(running) = &mut digest else {
                    return Ok(None);
                };
                if let Some(next) = body.try_next().await? {
                    running.update(&next);
                    if let Some(piece) = held.replace(next) {
                        return Ok(Some((piece, (body, digest, held, expected))));
                    }
                    continue;
                }
                let told = digest.take().map(Digest::told);
                if told.as_deref() != Some(&*expected) {
                    return Err(Fault::from(StorageErrorKind::Interrupted).caused_by(OtherContent));
                }
                return Ok(held
                    .take()
                    .map(|piece| (piece, (body, digest, held, expected))));
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 1321, section A.5, and FIPS 180-2, appendix B.1.
    const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
    const SHA_256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    // 0x61, 0x62 << 11 and 0x63 << 22, and three bytes: by the description of the algorithm.
    const QUICK_XOR: &str = "YRDDGAAAAAAAAAAAAwAAAAAAAAA=";

    #[test]
    fn a_digest_is_that_of_all_bytes_together() {
        for (algorithm, expected) in [
            (Algorithm::Md5, MD5),
            (Algorithm::Sha256, SHA_256),
            (Algorithm::QuickXor, QUICK_XOR),
        ] {
            let mut digest = Digest::of(algorithm);
            digest.update(b"a");
            digest.update(b"bc");
            assert_eq!(digest.algorithm(), algorithm);
            assert_eq!(digest.told(), expected);
        }
    }

    /// What passes, and how it ends.
    async fn pass(expected: &str, pieces: &[&'static str]) -> (String, Option<StorageErrorKind>) {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::from_static(piece.as_bytes())))
            .collect();
        let expected = (Algorithm::Sha256, expected.to_owned());
        let mut body = Box::pin(verified(expected, stream::iter(pieces)));
        let mut passed = String::new();
        loop {
            match body.try_next().await {
                Ok(Some(piece)) => passed.push_str(str::from_utf8(&piece).unwrap()),
                Ok(None) => return (passed, None),
                Err(fault) => return (passed, Some(fault.kind)),
            }
        }
    }

    // the end of a content that is another one never comes.
    #[tokio::test]
    async fn another_content_does_not_come_to_its_end() {
        assert_eq!(pass(SHA_256, &["ab", "c"]).await, ("abc".to_owned(), None));
        assert_eq!(pass(SHA_256, &["abc"]).await, ("abc".to_owned(), None));
        let interrupted = Some(StorageErrorKind::Interrupted);
        assert_eq!(
            pass(SHA_256, &["ab", "d"]).await,
            ("ab".to_owned(), interrupted.clone())
        );
        assert_eq!(
            pass(SHA_256, &["abd"]).await,
            (String::new(), interrupted.clone())
        );
        assert_eq!(pass(SHA_256, &[]).await, (String::new(), interrupted));
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(pass(nothing, &[]).await, (String::new(), None));
    }
}

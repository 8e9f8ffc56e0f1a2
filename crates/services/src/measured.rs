//! An upload that is counted and digested while it streams. Whether it is as long as was announced is
//! the storage's to see, which must not keep it otherwise.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use wharf_crypto::digest::Sha256;
use wharf_domain::content::{Upload, UploadInterrupted, UploadStream};
use wharf_domain::document::Sha256Digest;
use wharf_domain::item::Item;
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind, Written};
use wharf_domain::verification::Verification;

/// A content that a storage keeps now, and what was counted of it on its way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The item that holds it.
    pub item: Item,
    /// How many bytes there were.
    pub size_bytes: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256Digest,
    /// What is known of what the storage keeps.
    pub verification: Verification,
}

/// Has `write` store a content, which is measured on its way.
///
/// # Errors
/// What `write` said, or an interruption if it did not read the content to its end.
pub(crate) async fn measured<F>(
    upload: Upload,
    write: impl FnOnce(Upload) -> F,
) -> Result<Stored, StorageError>
where
    F: Future<Output = Result<Written, StorageError>>,
{
    let (content, outcome) = Measured::new(upload.content);
    let upload = Upload {
        content: Box::pin(content),
        ..upload
    };
    let Written { item, verification } = write(upload).await?;
    let Measure { size_bytes, sha256 } = outcome.measure().ok_or(StorageError::new(
        StorageErrorKind::UploadInterrupted,
        Operation::Write,
        None,
    ))?;
    Ok(Stored {
        item,
        size_bytes,
        sha256,
        verification,
    })
}

/// What went through a [`Measured`] stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Measure {
    size_bytes: u64,
    sha256: Sha256Digest,
}

/// Tells the measure of a stream that has ended whole; the stream itself is the storage's by then.
#[derive(Clone, Debug, Default)]
struct Outcome(Arc<Mutex<Option<Measure>>>);

impl Outcome {
    /// The measure, if the stream was read to its end and was whole.
    fn measure(&self) -> Option<Measure> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, measure: Measure) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(measure);
    }
}

/// A stream that passes bytes through and measures them.
struct Measured {
    content: UploadStream,
    seen: u64,
    digest: Option<Sha256>,
    outcome: Outcome,
}

impl Measured {
    fn new(content: UploadStream) -> (Self, Outcome) {
        let outcome = Outcome::default();
        let digest = Some(Sha256::new());
        (
            Self {
                content,
                seen: 0,
                digest,
                outcome: outcome.clone(),
            },
            outcome,
        )
    }

    fn pass(&mut self, chunk: Bytes) -> Bytes {
        self.seen = self.seen.saturating_add(chunk.len() as u64);
        if let Some(digest) = &mut self.digest {
            digest.update(&chunk);
        }
        chunk
    }

    fn end(&mut self) {
        if let Some(digest) = self.digest.take() {
            self.outcome.set(Measure {
                size_bytes: self.seen,
                sha256: Sha256Digest(digest.finish()),
            });
        }
    }
}

impl Stream for Measured {
    type Item = Result<Bytes, UploadInterrupted>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.content.as_mut().poll_next(cx)) {
            Some(Ok(chunk)) => Some(Ok(self.pass(chunk))),
            Some(Err(interrupted)) => Some(Err(interrupted)),
            None => {
                self.end();
                None
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};

    use super::*;

    /// SHA-256 of "abc" (FIPS 180-2, appendix B.1).
    const ABC: [u8; 32] = [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22,
        0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00,
        0x15, 0xad,
    ];

    async fn run(chunks: &[Result<&'static [u8], UploadInterrupted>]) -> (bool, Option<Measure>) {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| chunk.map(Bytes::from_static))
            .collect();
        let (measured, outcome) = Measured::new(Box::pin(stream::iter(chunks)));
        let whole = measured.all(|chunk| async move { chunk.is_ok() }).await;
        (whole, outcome.measure())
    }

    #[tokio::test]
    async fn a_whole_upload_is_counted_and_digested() {
        let abc = Some(Measure {
            size_bytes: 3,
            sha256: Sha256Digest(ABC),
        });
        assert_eq!(run(&[Ok(b"a"), Ok(b"bc")]).await, (true, abc));
    }

    #[tokio::test]
    async fn an_upload_that_breaks_off_has_no_measure() {
        let broken = run(&[Ok(b"a"), Err(UploadInterrupted)]).await;
        assert_eq!(broken, (false, None));
    }
}

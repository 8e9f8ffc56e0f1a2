//! An upload that is counted, digested and held to its announced size while it streams.

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
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};

/// A content that a storage keeps now, and what was counted of it on its way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The item that holds it.
    pub item: Item,
    /// How many bytes there were.
    pub size_bytes: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256Digest,
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
    F: Future<Output = Result<Item, StorageError>>,
{
    let (content, outcome) = Measured::new(upload.content, upload.size_bytes);
    let upload = Upload {
        content: Box::pin(content),
        ..upload
    };
    let item = write(upload).await?;
    let Measure { size_bytes, sha256 } = outcome.measure().ok_or(StorageError::new(
        StorageErrorKind::UploadInterrupted,
        Operation::Write,
        None,
    ))?;
    Ok(Stored {
        item,
        size_bytes,
        sha256,
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
    announced: Option<u64>,
    seen: u64,
    digest: Option<Sha256>,
    outcome: Outcome,
}

impl Measured {
    /// Measures `content`, which was announced to have `announced` bytes.
    fn new(content: UploadStream, announced: Option<u64>) -> (Self, Outcome) {
        let outcome = Outcome::default();
        let digest = Some(Sha256::new());
        (
            Self {
                content,
                announced,
                seen: 0,
                digest,
                outcome: outcome.clone(),
            },
            outcome,
        )
    }

    fn pass(&mut self, chunk: Bytes) -> Result<Bytes, UploadInterrupted> {
        self.seen = self.seen.saturating_add(chunk.len() as u64);
        if self
            .announced
            .is_some_and(|announced| self.seen > announced)
        {
            return Err(UploadInterrupted);
        }
        if let Some(digest) = &mut self.digest {
            digest.update(&chunk);
        }
        Ok(chunk)
    }

    fn end(&mut self) -> Option<Result<Bytes, UploadInterrupted>> {
        if self
            .announced
            .is_some_and(|announced| self.seen < announced)
        {
            return Some(Err(UploadInterrupted));
        }
        if let Some(digest) = self.digest.take() {
            self.outcome.set(Measure {
                size_bytes: self.seen,
                sha256: Sha256Digest(digest.finish()),
            });
        }
        None
    }
}

impl Stream for Measured {
    type Item = Result<Bytes, UploadInterrupted>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.content.as_mut().poll_next(cx)) {
            Some(Ok(chunk)) => Some(self.pass(chunk)),
            Some(Err(interrupted)) => Some(Err(interrupted)),
            None => self.end(),
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

    async fn run(
        chunks: &[Result<&'static [u8], UploadInterrupted>],
        announced: Option<u64>,
    ) -> (bool, Option<Measure>) {
        let chunks: Vec<_> = chunks
            .iter()
            .map(|chunk| chunk.map(Bytes::from_static))
            .collect();
        let (measured, outcome) = Measured::new(Box::pin(stream::iter(chunks)), announced);
        let whole = measured.all(|chunk| async move { chunk.is_ok() }).await;
        (whole, outcome.measure())
    }

    #[tokio::test]
    async fn a_whole_upload_is_counted_and_digested() {
        let abc = Some(Measure {
            size_bytes: 3,
            sha256: Sha256Digest(ABC),
        });
        assert_eq!(run(&[Ok(b"a"), Ok(b"bc")], None).await, (true, abc));
        assert_eq!(run(&[Ok(b"abc")], Some(3)).await, (true, abc));
    }

    #[tokio::test]
    async fn an_upload_that_is_not_as_announced_has_no_measure() {
        assert_eq!(run(&[Ok(b"abc")], Some(2)).await, (false, None));
        assert_eq!(run(&[Ok(b"abc")], Some(4)).await, (false, None));
        assert_eq!(
            run(&[Ok(b"a"), Err(UploadInterrupted)], None).await,
            (false, None)
        );
    }
}

//! The parts in which a content goes into an upload session. It knows no storage.

use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream, TryStreamExt};
use reqwest::Body;
use wharf_domain::content::{Upload, UploadInterrupted};

use crate::digests::{Algorithm, Digest};
use crate::upload::watched;

/// The most bytes that go to the network at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// The most that a part may hold.
///
/// A part stays in memory until the server has confirmed it, for a connection may break off and nobody
/// else has its bytes any more. So this bounds what a transfer costs: 64 of them, which is what a replica
/// takes at once (D-05), keep 48 MiB in parts and 16 MiB in the chunks that come and go, and R-16 allows
/// 64 MiB. Larger parts would be faster on long lines: each costs a round trip.
pub(crate) const MAX_PART_BYTES: usize = 768 * 1024;

/// Cuts a content into parts, all but the last of the same size.
pub(crate) struct Parts {
    content: Pin<Box<dyn Stream<Item = Result<Bytes, UploadInterrupted>> + Send>>,
    part_bytes: usize,
    /// What came of the next part with the end of this one.
    rest: Bytes,
    taken: u64,
    digests: Vec<Digest>,
}

/// A part of a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it begins in the content.
    pub(crate) first: u64,
    /// Its bytes; none only where the whole content has none.
    pub(crate) bytes: Bytes,
    /// Whether nothing follows.
    pub(crate) is_last: bool,
}

impl Parts {
    /// The parts of this content, each as large as memory allows and a multiple of `unit` bytes. A
    /// content that is not as long as announced is interrupted.
    pub(crate) async fn of(
        upload: Upload,
        unit: usize,
        algorithms: &[Algorithm],
    ) -> Result<Self, UploadInterrupted> {
        let (content, _) = watched(upload.content, upload.size_bytes).await?;
        Ok(Self {
            content: Box::pin(content),
            part_bytes: (MAX_PART_BYTES / unit).max(1) * unit,
            rest: Bytes::new(),
            taken: 0,
            digests: algorithms.iter().copied().map(Digest::of).collect(),
        })
    }

    /// The next part. There is at least one, and none after the last.
    pub(crate) async fn next(&mut self) -> Result<Part, UploadInterrupted> {
        let first = self.taken;
        // Pieces are copied together: each of them may hold on to more memory than it shows.
        let mut bytes = BytesMut::with_capacity(self.part_bytes);
        let is_last = loop {
            let room = self.part_bytes - bytes.len();
            let taken = self.rest.split_to(room.min(self.rest.len()));
            bytes.extend_from_slice(&taken);
            if !self.rest.is_empty() {
                break false;
            }
            // Also of a part that is full: only here it shows whether another follows.
            match self.content.try_next().await? {
                Some(more) => self.rest = more,
                None => break true,
            }
        };
        for digest in &mut self.digests {
            digest.update(&bytes);
        }
        self.taken += bytes.len() as u64;
        Ok(Part {
            first,
            bytes: bytes.freeze(),
            is_last,
        })
    }

    /// The digests of all parts so far.
    pub(crate) fn into_digests(self) -> Vec<(Algorithm, String)> {
        let digests = self.digests.into_iter();
        digests
            .map(|digest| (digest.algorithm(), digest.told()))
            .collect()
    }
}

impl Part {
    /// Where the next part begins.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.bytes.len() as u64
    }

    /// What a server lacks of this part that has got this many bytes of the content; `None` if it lacks
    /// bytes before this part, or has some behind it.
    pub(crate) fn after(&self, received: u64) -> Option<Self> {
        let skipped = usize::try_from(received.checked_sub(self.first)?).ok()?;
        let bytes = (skipped <= self.bytes.len()).then(|| self.bytes.slice(skipped..))?;
        Some(Self {
            first: received,
            bytes,
            is_last: self.is_last,
        })
    }

    /// The bytes as they go out, in chunks.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = Bytes> + use<> {
        let bytes = self.bytes.clone();
        (0..bytes.len()).step_by(CHUNK_BYTES).map(move |from| {
            let to = bytes.len().min(from.saturating_add(CHUNK_BYTES));
            bytes.slice(from..to)
        })
    }

    /// The bytes as a body, which goes out in chunks and can be made again.
    pub(crate) fn body(&self) -> Body {
        let chunks = self.chunks().map(Ok::<_, UploadInterrupted>);
        Body::wrap_stream(stream::iter(chunks.collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use http_body_util::BodyExt;
    use wharf_domain::content::ContentType;

    use super::*;

    const UNIT: usize = 256 * 1024;

    /// A content in pieces of this size, and whether its length is told.
    fn upload(size: usize, piece: usize, is_announced: bool) -> Upload {
        let bytes: Bytes = (0..size).map(|at| at as u8).collect();
        let pieces: Vec<_> = (0..size)
            .step_by(piece)
            .map(|from| Ok(bytes.slice(from..size.min(from + piece))))
            .collect();
        Upload {
            content: stream::iter(pieces).boxed(),
            size_bytes: is_announced.then_some(size as u64),
            content_type: ContentType::octet_stream(),
        }
    }

    async fn all(upload: Upload) -> (Vec<Part>, Vec<(Algorithm, String)>) {
        let mut parts = Parts::of(upload, UNIT, &[Algorithm::Md5]).await.unwrap();
        let mut taken = Vec::new();
        while taken.last().is_none_or(|part: &Part| !part.is_last) {
            taken.push(parts.next().await.unwrap());
        }
        (taken, parts.into_digests())
    }

    #[tokio::test]
    async fn a_content_is_cut_at_whole_units_and_nothing_is_lost() {
        for is_announced in [true, false] {
            for (size, expected) in [
                (0, vec![0]),
                (1, vec![1]),
                (MAX_PART_BYTES, vec![MAX_PART_BYTES]),
                (MAX_PART_BYTES + 1, vec![MAX_PART_BYTES, 1]),
                (2 * MAX_PART_BYTES, vec![MAX_PART_BYTES, MAX_PART_BYTES]),
            ] {
                for piece in [1000, CHUNK_BYTES, 3 * MAX_PART_BYTES] {
                    let (parts, digests) = all(upload(size, piece, is_announced)).await;
                    let sizes: Vec<_> = parts.iter().map(|part| part.bytes.len()).collect();
                    assert_eq!(sizes, expected, "{size} in pieces of {piece}");
                    let whole: Vec<u8> = parts.iter().flat_map(|p| p.bytes.to_vec()).collect();
                    assert!(whole == (0..size).map(|at| at as u8).collect::<Vec<_>>());
                    let mut expected = Digest::of(Algorithm::Md5);
                    expected.update(&whole);
                    assert_eq!(digests, [(Algorithm::Md5, expected.told())]);
                    assert_eq!(parts.last().unwrap().end(), size as u64);
                }
            }
        }
    }

    #[tokio::test]
    async fn a_part_of_another_unit_is_a_multiple_of_that() {
        let unit = 320 * 1024;
        let mut parts = Parts::of(upload(2_000_000, 4096, true), unit, &[])
            .await
            .unwrap();
        assert_eq!(parts.next().await.unwrap().bytes.len(), 2 * unit);
    }

    #[tokio::test]
    async fn a_content_of_another_length_than_announced_is_interrupted() {
        for (size, announced) in [(10, 11), (11, 10)] {
            let upload = Upload {
                size_bytes: Some(announced),
                ..upload(size, 4, true)
            };
            let mut parts = Parts::of(upload, UNIT, &[]).await.unwrap();
            assert_eq!(parts.next().await, Err(UploadInterrupted));
        }
    }

    // what the server says counts.
    #[test]
    fn what_the_server_lacks_of_a_part_is_sent_again() {
        let part = Part {
            first: 10,
            bytes: Bytes::from_static(b"abcdef"),
            is_last: true,
        };
        assert_eq!(part.after(10).unwrap(), part);
        assert_eq!(part.after(14).unwrap().bytes, "ef");
        assert_eq!(part.after(14).unwrap().first, 14);
        assert!(part.after(16).unwrap().bytes.is_empty());
        assert_eq!(part.after(9), None);
        assert_eq!(part.after(17), None);
    }

    //
    #[tokio::test]
    async fn a_part_goes_out_in_chunks() {
        let (parts, _) = all(upload(150_000, 150_000, true)).await;
        let mut body = parts[0].body();
        let mut sizes = Vec::new();
        while let Some(frame) = body.frame().await {
            sizes.push(frame.unwrap().into_data().unwrap().len());
        }
        assert_eq!(sizes, [CHUNK_BYTES, CHUNK_BYTES, 150_000 - 2 * CHUNK_BYTES]);
    }
}

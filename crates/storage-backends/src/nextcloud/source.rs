//! A content on its way in chunks, of which one may have to be sent again. It knows no server.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream, TryStreamExt};
use reqwest::Body;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use wharf_domain::content::UploadInterrupted;

use crate::digests::{Algorithm, Digest};

use super::ability::MIB;

/// The most bytes that go to the network at once.
const PIECE_BYTES: usize = 64 * 1024;

/// How much memory all chunks together may take that are kept to be sent again, in MiB: half of what R-16
/// allows for everything. A chunk has 5 MiB at least, so that it cannot be kept for each of the 64 transfers
/// that a replica may have under way (D-05).
const KEPT_MIB: usize = 30;

/// Room for chunks that are kept.
#[derive(Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(KEPT_MIB)))
    }
}

impl Room {
    /// Room for a chunk of this size, if there is any. An upload without goes on all the same; a connection
    /// that breaks in the middle of a chunk ends it.
    fn take(&self, chunk_bytes: u64) -> Option<Kept> {
        let mib = u32::try_from(chunk_bytes.div_ceil(MIB)).ok()?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(mib).ok()?;
        let capacity = usize::try_from(chunk_bytes).ok()?;
        Some(Kept {
            bytes: Vec::with_capacity(capacity),
            _permit: permit,
        })
    }
}

/// What is kept of the chunk that is on its way.
struct Kept {
    bytes: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

/// The content, from which one chunk after the other is taken.
#[derive(Clone)]
pub(super) struct Source(Arc<Mutex<State>>);

type Content = Pin<Box<dyn Stream<Item = Result<Bytes, UploadInterrupted>> + Send>>;

struct State {
    content: Content,
    /// What came with the end of the last piece.
    rest: Bytes,
    /// How much of the chunk has been taken from the content.
    taken: u64,
    kept: Option<Kept>,
    digest: Digest,
}

impl Source {
    /// This content, in chunks of this size.
    pub(super) fn new(content: Content, chunk_bytes: u64, room: &Room) -> Self {
        Self(Arc::new(Mutex::new(State {
            content,
            rest: Bytes::new(),
            taken: 0,
            kept: room.take(chunk_bytes),
            digest: Digest::of(Algorithm::Sha256),
        })))
    }

    /// The chunk before is done with.
    pub(super) async fn begin_chunk(&self) {
        let mut state = self.0.lock().await;
        state.taken = 0;
        if let Some(kept) = &mut state.kept {
            kept.bytes.clear();
        }
    }

    /// The chunk as a body of this length. What was taken of it before is sent again.
    pub(super) fn body(&self, length: u64) -> Body {
        let state = Arc::clone(&self.0);
        Body::wrap_stream(stream::try_unfold(0, move |sent: u64| {
            let state = Arc::clone(&state);
            async move {
                if sent == length {
                    return Ok::<_, UploadInterrupted>(None);
                }
                let piece = state.lock().await.piece(sent, length - sent).await?;
                let sent = sent + piece.len() as u64;
                Ok(Some((piece, sent)))
            }
        }))
    }

    /// Whether the chunk can be sent from its beginning.
    pub(super) async fn can_begin_again(&self) -> bool {
        let state = self.0.lock().await;
        state.taken == 0 || state.kept.is_some()
    }

    /// The SHA-256 of all that was taken.
    pub(super) async fn digest(&self) -> String {
        self.0.lock().await.digest.clone().told()
    }
}

impl State {
    /// What comes behind so many bytes of the chunk, so many at most.
    async fn piece(&mut self, sent: u64, wanted: u64) -> Result<Bytes, UploadInterrupted> {
        let most = usize::try_from(wanted).map_or(PIECE_BYTES, |wanted| wanted.min(PIECE_BYTES));
        if sent < self.taken {
            let from = usize::try_from(sent).map_err(|_| UploadInterrupted)?;
            let kept = self.kept.as_ref().and_then(|kept| kept.bytes.get(from..));
            let kept = kept.ok_or(UploadInterrupted)?;
            let piece = kept.get(..most).unwrap_or(kept);
            return Ok(Bytes::copy_from_slice(piece));
        }
        while self.rest.is_empty() {
            self.rest = self.content.try_next().await?.ok_or(UploadInterrupted)?;
        }
        let piece = self.rest.split_to(most.min(self.rest.len()));
        self.digest.update(&piece);
        self.taken += piece.len() as u64;
        if let Some(kept) = &mut self.kept {
            kept.bytes.extend_from_slice(&piece);
        }
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use http_body_util::BodyExt;

    use super::*;

    fn source(pieces: &[&'static str], room: &Room) -> Source {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::from_static(piece.as_bytes())))
            .collect();
        Source::new(stream::iter(pieces).boxed(), MIB, room)
    }

    async fn sent(body: Body) -> String {
        let bytes = body.collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_content_is_cut_where_chunks_end() {
        let source = source(&["ab", "cdefg", "h"], &Room::default());
        for (length, expected) in [(3, "abc"), (3, "def"), (2, "gh")] {
            source.begin_chunk().await;
            assert_eq!(sent(source.body(length)).await, expected);
        }
        // Computed with sha256sum.
        let expected = "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab";
        assert_eq!(source.digest().await, expected);
        source.begin_chunk().await;
        assert!(source.body(1).collect().await.is_err());
    }

    //
    #[tokio::test]
    async fn a_chunk_that_broke_off_is_sent_from_its_beginning() {
        let source = source(&["ab", "cd", "ef"], &Room::default());
        source.begin_chunk().await;
        let mut broken = source.body(5);
        broken.frame().await.unwrap().unwrap();
        drop(broken);
        assert!(source.can_begin_again().await);
        assert_eq!(sent(source.body(5)).await, "abcde");
        assert_eq!(sent(source.body(5)).await, "abcde");
        source.begin_chunk().await;
        assert_eq!(sent(source.body(1)).await, "f");
    }

    //
    #[tokio::test]
    async fn without_room_a_chunk_goes_once() {
        let room = Room::default();
        let holders: Vec<_> = (0..KEPT_MIB).map(|_| room.take(MIB).unwrap()).collect();
        let source = source(&["ab", "cd"], &room);
        source.begin_chunk().await;
        assert!(source.can_begin_again().await);
        let mut broken = source.body(4);
        broken.frame().await.unwrap().unwrap();
        drop(broken);
        assert!(!source.can_begin_again().await);
        drop(holders);
        assert!(room.take(MIB).is_some());
    }
}

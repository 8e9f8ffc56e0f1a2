//! The bytes of an answer on their way to the XML reader, with a bound on each piece of markup. It
//! knows neither XML nor HTTP.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::Stream;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

/// The most bytes of one tag, one text or one comment.
pub(crate) const MAX_PIECE_BYTES: usize = 64 * 1024;

/// A piece of markup is longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tag or text is longer than {MAX_PIECE_BYTES} bytes")]
pub(crate) struct PieceTooLong;

/// A stream of chunks as a buffered reader that fails once a piece is too long, before the XML reader
/// has gathered more of it.
pub(crate) struct Markup<S> {
    chunks: S,
    chunk: Bytes,
    piece_bytes: usize,
}

impl<S> Markup<S> {
    /// The markup that these chunks make up.
    pub(crate) fn new(chunks: S) -> Self {
        Self {
            chunks,
            chunk: Bytes::new(),
            piece_bytes: 0,
        }
    }

    /// A new piece begins: what is read from now on belongs to it.
    pub(crate) fn begin_piece(&mut self) {
        self.piece_bytes = 0;
    }
}

impl<S, E> AsyncBufRead for Markup<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        while this.chunk.is_empty() {
            match ready!(Pin::new(&mut this.chunks).poll_next(context)) {
                Some(Ok(chunk)) => this.chunk = chunk,
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                None => return Poll::Ready(Ok(&[])),
            }
        }
        let room = MAX_PIECE_BYTES.saturating_sub(this.piece_bytes);
        match this.chunk.get(..this.chunk.len().min(room)) {
            Some(visible) if !visible.is_empty() => Poll::Ready(Ok(visible)),
            _ => Poll::Ready(Err(io::Error::other(PieceTooLong))),
        }
    }

    fn consume(self: Pin<&mut Self>, count: usize) {
        let this = self.get_mut();
        this.chunk.advance(count);
        this.piece_bytes += count;
    }
}

impl<S, E> AsyncRead for Markup<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        target: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let visible = ready!(self.as_mut().poll_fill_buf(context))?;
        let count = visible.len().min(target.remaining());
        target.put_slice(visible.get(..count).unwrap_or_default());
        self.consume(count);
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use tokio::io::{AsyncBufReadExt, AsyncReadExt};

    use super::*;

    fn markup(
        chunks: Vec<Vec<u8>>,
    ) -> Markup<impl Stream<Item = Result<Bytes, Infallible>> + Unpin> {
        Markup::new(stream::iter(
            chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk))),
        ))
    }

    #[tokio::test]
    async fn chunks_come_through_whole_and_empty_ones_do_not_end_it() {
        let mut markup = markup(vec![b"ab".to_vec(), vec![], b"c".to_vec()]);
        let mut read = Vec::new();
        markup.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, b"abc");
    }

    //
    #[tokio::test]
    async fn a_piece_ends_at_64_kib_however_it_is_cut_into_chunks() {
        for chunk_bytes in [1, 1000, 65_536, 65_537] {
            let chunks = vec![b'x'; 65_537];
            let mut markup = markup(chunks.chunks(chunk_bytes).map(<[u8]>::to_vec).collect());
            let mut seen = 0;
            let error = loop {
                match markup.fill_buf().await {
                    Ok(visible) => {
                        let count = visible.len();
                        seen += count;
                        markup.consume(count);
                    }
                    Err(error) => break error,
                }
            };
            assert_eq!(seen, 65_536);
            assert!(error.get_ref().unwrap().is::<PieceTooLong>());
            markup.begin_piece();
            assert_eq!(markup.fill_buf().await.unwrap(), b"x");
        }
    }
}

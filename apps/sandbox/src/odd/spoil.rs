//! Bodies that do not arrive whole.

use std::future;
use std::io;

use bytes::Bytes;
use dav_server::body::Body;
use futures_util::Stream;
use futures_util::stream::{self, StreamExt as _};

/// The first `length` bytes of a body, then the end of the connection.
pub(super) fn cut_after(length: u64, body: Body) -> impl Stream<Item = io::Result<Bytes>> {
    beginning(length, body).chain(stream::once(async {
        // The server sends what it has only when a body makes it wait.
        tokio::task::yield_now().await;
        Err(io::ErrorKind::ConnectionAborted.into())
    }))
}

/// The first `length` bytes of a body, then nothing ever.
pub(super) fn stalling_after(length: u64, body: Body) -> impl Stream<Item = io::Result<Bytes>> {
    beginning(length, body).chain(stream::pending())
}

fn beginning(length: u64, body: Body) -> impl Stream<Item = io::Result<Bytes>> {
    body.scan(length, |left, chunk| {
        future::ready((*left > 0).then(|| chunk.map(|chunk| shortened(chunk, left))))
    })
}

fn shortened(mut chunk: Bytes, left: &mut u64) -> Bytes {
    chunk.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
    *left -= chunk.len() as u64;
    chunk
}

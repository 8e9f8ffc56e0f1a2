//! Bodies of requests: small ones as a whole, and those that nobody wants. Knows no provider.

use std::future;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};

/// More than any metadata takes.
const MOST_BYTES: usize = 1024 * 1024;

/// Why a small body is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It ended before its end; hardly anybody hears this.
    CutOff,
    /// It is none of the small ones. All of it has been read.
    TooLarge,
}

/// The whole of a small body.
pub(crate) async fn small<E>(
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Bytes, Unread> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Unread::CutOff)?;
        if whole.len() + chunk.len() > MOST_BYTES {
            drain(body).await;
            return Err(Unread::TooLarge);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// Reads a body to its end, so that no client sees a broken connection in place of a refusal.
pub(crate) async fn drain(body: impl Stream) {
    body.for_each(|_| future::ready(())).await;
}

//! Contents of any size, and their digests by an implementation that the product's services do not
//! choose for the test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

const BLOCK_BYTES: usize = 1024 * 1024;

/// So many bytes without a pattern; equal seeds give equal bytes.
pub(crate) fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let words = std::iter::repeat_with(move || {
        // Xorshift64: Marsaglia, Journal of Statistical Software 8 (14), 2003.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let mut bytes: Vec<u8> = words.take(length.div_ceil(8)).flatten().collect();
    bytes.truncate(length);
    bytes
}

/// So many mebibytes, each of them different, one at a time.
pub(crate) fn mebibytes(count: u32) -> impl Iterator<Item = Bytes> + Send {
    let block = bytes(1, BLOCK_BYTES - 4);
    (0..count).map(move |number| [&number.to_be_bytes()[..], &block].concat().into())
}

/// The same as the body of a request.
pub(crate) fn upload(count: u32) -> reqwest::Body {
    reqwest::Body::wrap_stream(stream::iter(mebibytes(count).map(std::io::Result::Ok)))
}

/// A body that stalls for ever after these bytes.
pub(crate) fn stalling(start: Vec<u8>) -> reqwest::Body {
    reqwest::Body::wrap_stream(endless(start))
}

/// A body that waits for a word after these bytes, and then ends.
pub(crate) fn paused(start: Vec<u8>) -> (reqwest::Body, oneshot::Sender<()>) {
    let (word, waiting) = oneshot::channel();
    let end = stream::once(async {
        let told: Result<(), oneshot::error::RecvError> = waiting.await;
        told.map(|()| Bytes::new()).map_err(std::io::Error::other)
    });
    let parts = stream::StreamExt::chain(stream::iter([Ok(start.into())]), end);
    (reqwest::Body::wrap_stream(parts), word)
}

fn endless(start: Vec<u8>) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::StreamExt::chain(stream::iter([Ok(start.into())]), stream::pending())
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value of `Repr-Digest` (RFC 9530, section 3) for these bytes.
pub(crate) fn repr_digest(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)))
}

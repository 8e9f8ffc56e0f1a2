//! Bodies of requests: small ones as a whole, and those that nobody wants.

use std::future;

use actix_web::web;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use super::refusal::Refusal;

/// More than any metadata takes.
const MOST_BYTES: usize = 1024 * 1024;

/// The whole of a small body.
pub(super) async fn small(mut payload: web::Payload) -> Result<Bytes, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::bad_request("badRequest", "Bad Request"))?;
        if body.len() + chunk.len() > MOST_BYTES {
            drain(payload).await;
            let message = "Request is too large.";
            return Err(Refusal::bad_request("uploadTooLarge", message));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads a body to its end, so that no client sees a broken connection in place of a refusal.
pub(super) async fn drain(payload: web::Payload) {
    payload.for_each(|_| future::ready(())).await;
}

//! Bodies of requests: small ones of JSON, and those that nobody wants.

use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web;
use bytes::BytesMut;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::refusal::Refusal;

/// More than any metadata takes.
const MOST_BYTES: usize = 1024 * 1024;

/// A small body of JSON; an empty object where there is none.
pub(super) async fn json(payload: &mut web::Payload) -> Result<Value, Refusal> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::cut_off())?;
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(Refusal::too_large());
        }
        body.extend_from_slice(&chunk);
    }
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let value: Option<Value> = serde_json::from_slice(&body).ok();
    let object = value.filter(Value::is_object);
    object.ok_or_else(|| {
        let message = "Unable to read JSON request payload. Please ensure Content-Type header is set and \
                       payload is of valid JSON format.";
        Refusal::invalid_request(message)
    })
}

/// Reads a body to its end, so that no client sees a broken connection in place of a refusal.
pub(super) async fn drain(payload: &mut web::Payload) {
    while let Some(Ok(_)) = payload.next().await {}
}

/// How many bytes a body has; Graph takes none without.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    let length = headers.get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    length.ok_or_else(Refusal::length_required)
}

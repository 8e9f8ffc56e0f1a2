//! What the bodies of requests hold: JSON, and how much.

use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web;
use serde_json::Value;

use super::refusal::Refusal;
use crate::body;

/// A small body of JSON; an empty object where there is none.
pub(super) async fn json(payload: &mut web::Payload) -> Result<Value, Refusal> {
    let body = body::small(payload).await?;
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

/// How many bytes a body has; Graph takes none without.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    let length = headers.get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    length.ok_or_else(Refusal::length_required)
}

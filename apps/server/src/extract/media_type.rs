//! Which kinds of bodies are taken (I-03).

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

use crate::error::{ApiError, Code};

/// Refuses whatever is not JSON as it is.
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    refuse_coding(headers)?;
    if essence(headers).is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        Ok(())
    } else {
        Err(Code::UnsupportedMediaType.into())
    }
}

/// Refuses compressed bodies: nothing here decompresses what a stranger sends.
pub(crate) fn refuse_coding(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.contains_key(CONTENT_ENCODING) {
        Err(ApiError::new(Code::UnsupportedMediaType).saying("Content-Encoding is not taken"))
    } else {
        Ok(())
    }
}

/// Whether the body is a form with files (RFC 7578).
pub(crate) fn is_multipart(headers: &HeaderMap) -> bool {
    essence(headers).is_some_and(|essence| essence.eq_ignore_ascii_case("multipart/form-data"))
}

/// The media type without its parameters.
fn essence(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

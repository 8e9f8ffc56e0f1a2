//! Access tokens in requests (RFC 6750, section 2.1).

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

/// The access token that comes with a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

//! Which web pages may call the API from a browser: those of the origins in the settings, else none.

use actix_cors::Cors;
use actix_web::http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE,
    LOCATION, RANGE, RETRY_AFTER,
};

/// How long a browser may remember what it was told, in seconds.
const MAX_AGE_SECS: usize = 600;

/// The rules for these origins.
pub(crate) fn cors(origins: &[String]) -> Cors {
    let rules = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers([AUTHORIZATION, CONTENT_TYPE, RANGE, IF_RANGE])
        .expose_headers([
            ACCEPT_RANGES,
            CONTENT_DISPOSITION,
            CONTENT_RANGE,
            ETAG,
            LOCATION,
            RETRY_AFTER,
        ])
        .expose_headers(["repr-digest", "x-request-id"])
        // For the session's cookie; everything else asks for a token in a header.
        .supports_credentials()
        .max_age(MAX_AGE_SECS);
    origins
        .iter()
        .fold(rules, |rules, origin| rules.allowed_origin(origin))
}

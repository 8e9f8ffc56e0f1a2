//! Which web pages may call the API from a browser: those of the origins in the settings, else none.

use actix_cors::Cors;
use actix_web::http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LOCATION, RANGE, RETRY_AFTER,
};

use crate::routes::TABLE;

/// How long a browser may remember what it was told, in seconds.
const MAX_AGE_SECS: usize = 600;

/// The rules for these origins.
pub(crate) fn cors(origins: &[String]) -> Cors {
    let endpoints = TABLE.iter().flat_map(|row| row.endpoints);
    let methods = endpoints.map(|endpoint| endpoint.method);
    let rules = Cors::default()
        .allowed_methods(methods.chain(["HEAD"]))
        .allowed_headers([AUTHORIZATION, CONTENT_TYPE, RANGE, IF_RANGE])
        .allowed_headers([
            IF_MATCH,
            IF_NONE_MATCH,
            IF_MODIFIED_SINCE,
            IF_UNMODIFIED_SINCE,
        ])
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

//! Which web pages may use the session's cookie: those of the server's own origin and of the origins in
//! the settings. `SameSite` keeps other sites out already, but not other origins of the same site.

use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;

use crate::error::{ApiError, Code};
use crate::state::State;

/// Refuses what a page of a foreign origin sends. Programs and some same-origin requests name no
/// origin; browsers name it wherever it could be foreign (Fetch standard, "append a request Origin
/// header").
pub(super) fn require_own(request: &HttpRequest, state: &State) -> Result<(), ApiError> {
    let is_own = |origin: &str| {
        origin == state.public_origin || state.cors_origins.iter().any(|own| own == origin)
    };
    let mut origins = request.headers().get_all(ORIGIN);
    if origins.all(|origin| origin.to_str().is_ok_and(is_own)) {
        Ok(())
    } else {
        Err(Code::OriginNotAllowed.into())
    }
}

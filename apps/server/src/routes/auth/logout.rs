//! `POST /api/auth/logout`: the end of a session.

use actix_web::HttpResponse;
use actix_web::http::header::SET_COOKIE;
use secrecy::ExposeSecret as _;

use super::cookie;
use super::presented::{self, Carrier, Presented, RefreshToken};
use crate::error::{ApiError, Code};
use crate::extract::{Anybody, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    presented::ERRORS,
    &[Code::DatabaseUnavailable],
];

/// Ends a session; its access tokens are void at once. A token of a session that has ended, or of none,
/// gets the same answer, for there is nothing left to do (RFC 7009, section 2.2).
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    operation_id = "logout",
    tag = "sessions",
    request_body(
        content = Option<RefreshToken>,
        description = "The refresh token; nothing where a cookie holds it."
    ),
    responses((status = 204, description = "The session has ended, and the cookie is cleared."))
)]
pub(crate) async fn handle(
    Anybody(_): Anybody,
    _: Query<NoQuery>,
    presented: Presented,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let mut answer = HttpResponse::NoContent();
    if let Presented::Token(token, carrier) = presented {
        state.wharf.sessions().logout(token.expose_secret()).await?;
        if carrier == Carrier::Cookie {
            answer.insert_header((SET_COOKIE, cookie::forget(&state)?));
        }
    }
    Ok(answer.finish())
}

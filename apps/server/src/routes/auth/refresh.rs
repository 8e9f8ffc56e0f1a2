//! `POST /api/auth/refresh`: a new access token, and a new refresh token for the one that is used up.

use actix_web::HttpResponse;
use secrecy::ExposeSecret as _;

use super::presented::{self, Presented, RefreshToken};
use super::session::{self, Session};
use crate::error::{ApiError, Code};
use crate::extract::{Anybody, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    presented::ERRORS,
    &[Code::SessionEnded, Code::DatabaseUnavailable],
];

/// Carries a session on. The new refresh token comes the way that the old one came.
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    operation_id = "refreshSession",
    tag = "sessions",
    request_body(
        content = Option<RefreshToken>,
        description = "The refresh token; nothing where a cookie holds it."
    ),
    responses((
        status = 200,
        description = "The session goes on.",
        body = Session,
        headers(("Set-Cookie" = String, description = "Holds the new refresh token, if a cookie held the old one."))
    ))
)]
pub(crate) async fn handle(
    Anybody(context): Anybody,
    _: Query<NoQuery>,
    presented: Presented,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let Presented::Token(token, carrier) = presented else {
        return Err(Code::SessionEnded.into());
    };
    let sessions = state.wharf.sessions();
    let pass = sessions.refresh(&context, token.expose_secret()).await?;
    session::answer(&pass, carrier, &state)
}

//! What a client is given to go on with.

use actix_web::HttpResponse;
use actix_web::http::header::SET_COOKIE;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::services::sessions::Pass;

use super::cookie;
use super::presented::Carrier;
use crate::error::ApiError;
use crate::state::State;

/// A session that has begun or was carried on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// Goes into the Authorization header of every request.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds the access token is good.
    #[schema(example = 600)]
    expires_in: u64,
    /// Carries the session on, once; using it a second time ends the session. Absent where a cookie
    /// holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// The answer with a pass; the refresh token goes to where the client keeps it, and nowhere else.
pub(super) fn answer(
    pass: &Pass,
    carrier: Carrier,
    state: &State,
) -> Result<HttpResponse, ApiError> {
    let token = &pass.refresh_token;
    let mut answer = HttpResponse::Ok();
    let in_body = match carrier {
        Carrier::Body => Some(token.expose_secret().to_owned()),
        Carrier::Cookie => {
            let kept = cookie::keep(state, token, pass.refreshable_for)?;
            answer.insert_header((SET_COOKIE, kept));
            None
        }
    };
    Ok(answer.json(Session {
        access_token: pass.access_token.token.expose_secret().to_owned(),
        token_type: "Bearer",
        expires_in: pass.access_token.expires_in.as_secs(),
        refresh_token: in_body,
    }))
}

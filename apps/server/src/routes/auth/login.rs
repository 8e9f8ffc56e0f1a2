//! `POST /api/auth/login`: a session for whoever knows the password.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::origin;
use super::presented::Carrier;
use super::session::{self, Session};
use crate::error::{ApiError, Code};
use crate::extract::{Anybody, ClientAddress, Json, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    &[
        Code::WrongLogin,
        Code::AccountDisabled,
        Code::TooManyAttempts,
        Code::Busy,
        Code::OriginNotAllowed,
        Code::DatabaseUnavailable,
    ],
];

/// Who logs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The account's mail address.
    #[schema(example = "anna@example.com")]
    email: String,
    /// The account's password.
    #[schema(format = Password)]
    password: String,
}

/// Where the refresh token goes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Keeping {
    /// Whether a cookie holds the refresh token, for browsers: no script can read it, and it is not
    /// in the body.
    #[serde(default)]
    cookie: bool,
}

/// Logs in.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    operation_id = "login",
    tag = "sessions",
    params(Keeping),
    request_body = Login,
    responses((
        status = 200,
        description = "A session has begun.",
        body = Session,
        headers(("Set-Cookie" = String, description = "Holds the refresh token, with `?cookie=true`."))
    ))
)]
pub(crate) async fn handle(
    Anybody(context): Anybody,
    ClientAddress(address): ClientAddress,
    Query(keeping): Query<Keeping>,
    Json(login): Json<Login>,
    request: HttpRequest,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let carrier = if keeping.cookie {
        // No page logs somebody in, unasked, under another's name.
        origin::require_own(&request, &state)?;
        Carrier::Cookie
    } else {
        Carrier::Body
    };
    let sessions = state.wharf.sessions();
    let pass = sessions
        .login(&context, &login.email, login.password.into(), address)
        .await?;
    session::answer(&pass, carrier, &state)
}

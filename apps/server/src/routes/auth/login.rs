//! `POST /api/auth/login`: an access token for whoever knows the password.

use actix_web::web;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{ApiError, Code};
use crate::extract::{Anybody, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::JSON, &[Code::WrongLogin]];

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

/// A session that has begun.
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
}

/// Logs in.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    operation_id = "login",
    tag = "sessions",
    request_body = Login,
    responses((status = 200, description = "A session has begun.", body = Session))
)]
pub(crate) async fn handle(
    Anybody(context): Anybody,
    _: Query<NoQuery>,
    Json(login): Json<Login>,
    state: Shared,
) -> Result<web::Json<Session>, ApiError> {
    let accounts = state.wharf.accounts();
    let token = accounts
        .login(&context, &login.email, login.password.into())
        .await?;
    Ok(web::Json(Session {
        access_token: token.token.expose_secret().to_owned(),
        token_type: "Bearer",
        expires_in: token.expires_in.as_secs(),
    }))
}

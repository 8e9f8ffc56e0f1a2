//! `PUT /api/users/me/password`: another password for the caller.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    &[
        Code::WrongPassword,
        Code::NoPassword,
        Code::Conflict,
        Code::TooManyAttempts,
        Code::Busy,
    ],
];

/// The password that is, and the one that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password that the account has.
    #[schema(format = Password)]
    current_password: String,
    /// Another: 8 to 1,024 bytes.
    #[schema(format = Password)]
    new_password: String,
}

/// Changes the caller's password. All other sessions of the caller end within seconds; this one goes on.
#[utoipa::path(
    put,
    path = "/api/users/me/password",
    operation_id = "changePassword",
    tag = "users",
    request_body = PasswordChange,
    responses((status = 204, description = "The password is changed."))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Json(change): Json<PasswordChange>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let (current, new) = (change.current_password.into(), change.new_password.into());
    let accounts = state.wharf.accounts();
    accounts
        .change_own_password(&context, user, current, new)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

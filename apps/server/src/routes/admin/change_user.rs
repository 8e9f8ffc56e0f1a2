//! `PATCH /api/admin/users/{id}`: another role, another password, an account switched off or on.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;
use wharf::domain::id::UserId;
use wharf::services::accounts::AccountPatch;

use super::account::{Account, RoleName};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    errors::BY_ID,
    &[
        Code::OwnAccount,
        Code::LastAdmin,
        Code::HasStorages,
        Code::NoPassword,
        Code::Conflict,
        Code::Busy,
    ],
];

/// What is to be different; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserChange {
    /// `regular` or `admin`. Nobody becomes an admin who has connections or documents.
    role: Option<RoleName>,
    /// Whether the account is switched off.
    disabled: Option<bool>,
    /// Another password: 8 to 1,024 bytes.
    #[schema(format = Password)]
    password: Option<String>,
}

/// Changes an account. A new role, a new password and being switched off end all sessions of its user
/// within seconds.
#[utoipa::path(
    patch,
    path = "/api/admin/users/{id}",
    operation_id = "changeUser",
    tag = "administration",
    params(("id" = String, Path, format = Uuid, description = "The account.")),
    request_body = UserChange,
    responses((status = 200, description = "The account as it is now.", body = Account))
)]
pub(crate) async fn handle(
    Caller { context, .. }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<UserId>,
    Json(change): Json<UserChange>,
    state: Shared,
) -> Result<web::Json<Account>, ApiError> {
    let patch = AccountPatch {
        role: change.role.map(|role| role.read()).transpose()?,
        disabled: change.disabled,
        password: change.password.map(Into::into),
    };
    let user = state.wharf.accounts().change(&context, id, patch).await?;
    Ok(web::Json(user.into()))
}

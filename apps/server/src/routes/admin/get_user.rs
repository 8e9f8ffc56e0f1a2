//! `GET /api/admin/users/{id}`: one account.

use actix_web::web;
use wharf::domain::id::UserId;

use super::account::Account;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID];

/// One account.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}",
    operation_id = "getUser",
    tag = "administration",
    params(("id" = String, Path, format = Uuid, description = "The account.")),
    responses((status = 200, description = "The account.", body = Account))
)]
pub(crate) async fn handle(
    _: Caller,
    _: Query<NoQuery>,
    Id(id): Id<UserId>,
    state: Shared,
) -> Result<web::Json<Account>, ApiError> {
    let user = state.wharf.accounts().find(id).await?;
    Ok(web::Json(user.into()))
}

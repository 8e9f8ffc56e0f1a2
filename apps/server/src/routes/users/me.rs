//! `GET /api/users/me`: the caller's own account.

use actix_web::web;

use super::profile::Profile;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, NoQuery, Query};
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// The caller's own account.
#[utoipa::path(
    get,
    path = "/api/users/me",
    operation_id = "getMe",
    tag = "users",
    responses((status = 200, description = "The account.", body = Profile))
)]
pub(crate) async fn handle(
    caller: Caller,
    _: Query<NoQuery>,
    state: Shared,
) -> Result<web::Json<Profile>, ApiError> {
    let user = state.wharf.accounts().find(caller.user.id).await?;
    Ok(web::Json(user.into()))
}

//! `GET /api/admin/users/{id}/connections`: a user's connections. There are never more than fit one page.

use actix_web::web;
use wharf::domain::id::UserId;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::connections::ConnectionList;
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID];

/// A user's connections as the user sees them, oldest first. What lies in the storages no admin sees.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/connections",
    operation_id = "listUserConnections",
    tag = "administration",
    params(("id" = String, Path, format = Uuid, description = "The account.")),
    responses((status = 200, description = "The connections.", body = ConnectionList))
)]
pub(crate) async fn handle(
    _: Caller,
    _: Query<NoQuery>,
    Id(id): Id<UserId>,
    state: Shared,
) -> Result<web::Json<ConnectionList>, ApiError> {
    let user = state.wharf.accounts().find(id).await?;
    let connections = state.wharf.connections().list(user.id).await?;
    Ok(web::Json(connections.into()))
}

//! `GET /api/cloud/connections/{id}`: one of the caller's connections.

use actix_web::web;
use wharf::domain::id::ConnectionId;

use super::connection::Connection;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID];

/// One of the caller's connections.
#[utoipa::path(
    get,
    path = "/api/cloud/connections/{id}",
    operation_id = "getConnection",
    tag = "connections",
    params(("id" = String, Path, format = Uuid, description = "The connection.")),
    responses((status = 200, description = "The connection.", body = Connection))
)]
pub(crate) async fn handle(
    caller: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    state: Shared,
) -> Result<web::Json<Connection>, ApiError> {
    let connection = state.wharf.connections().find(caller.user.id, id).await?;
    Ok(web::Json(connection.into()))
}

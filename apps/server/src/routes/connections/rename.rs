//! `PATCH /api/cloud/connections/{id}`: what the caller calls a connection.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;
use wharf::domain::connection::DisplayName;
use wharf::domain::id::ConnectionId;

use super::connection::Connection;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::JSON, errors::BY_ID];

/// What can be changed of a connection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConnectionChange)]
pub(crate) struct Change {
    /// What the user calls it: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    display_name: String,
}

/// Renames a connection.
#[utoipa::path(
    patch,
    path = "/api/cloud/connections/{id}",
    operation_id = "renameConnection",
    tag = "connections",
    params(("id" = String, Path, format = Uuid, description = "The connection.")),
    request_body = Change,
    responses((status = 200, description = "The connection as it is now.", body = Connection))
)]
pub(crate) async fn handle(
    caller: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    Json(change): Json<Change>,
    state: Shared,
) -> Result<web::Json<Connection>, ApiError> {
    let name = change.display_name.parse::<DisplayName>();
    let name = name.map_err(|error| ApiError::invalid("display_name", error))?;
    let connections = state.wharf.connections();
    let connection = connections.rename(caller.user.id, id, name).await?;
    Ok(web::Json(connection.into()))
}

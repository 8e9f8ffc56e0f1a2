//! `GET /api/cloud/connections`: the caller's connections. There are never more than fit one page.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::services::connections::ConnectionView;

use super::connection::Connection;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, NoQuery, Query};
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// Connections, oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConnectionList {
    /// The connections.
    items: Vec<Connection>,
    /// Always null: this is all.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// The caller's connections, oldest first.
#[utoipa::path(
    get,
    path = "/api/cloud/connections",
    operation_id = "listConnections",
    tag = "connections",
    responses((status = 200, description = "The connections.", body = ConnectionList))
)]
pub(crate) async fn handle(
    caller: Caller,
    _: Query<NoQuery>,
    state: Shared,
) -> Result<web::Json<ConnectionList>, ApiError> {
    let connections = state.wharf.connections().list(caller.user.id).await?;
    Ok(web::Json(connections.into()))
}

impl From<Vec<ConnectionView>> for ConnectionList {
    fn from(connections: Vec<ConnectionView>) -> Self {
        Self {
            items: connections.into_iter().map(Connection::from).collect(),
            next_cursor: None,
        }
    }
}

//! `GET /readyz`: whether requests can be served at the moment.

use actix_web::web::Json;

use super::live::Health;
use crate::error::{ApiError, Code};
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[&[Code::NotReady]];

/// Whether requests can be served at the moment.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = "service",
    responses((status = 200, description = "They can.", body = Health))
)]
pub(crate) async fn handle(state: Shared) -> Result<Json<Health>, ApiError> {
    match state.wharf.ready().await {
        Ok(()) => Ok(Json(Health { status: "ready" })),
        Err(reason) => Err(ApiError::new(Code::NotReady).caused_by(reason)),
    }
}

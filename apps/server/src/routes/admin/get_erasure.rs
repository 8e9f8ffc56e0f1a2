//! `GET /api/admin/erasures/{id}`: how far an erasure is, and its receipt in the end.

use actix_web::web;
use wharf::domain::id::ErasureId;

use super::erasure::Erasure;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID];

/// How far an erasure is; its receipt once it has ended.
#[utoipa::path(
    get,
    path = "/api/admin/erasures/{id}",
    operation_id = "getErasure",
    tag = "administration",
    params(("id" = String, Path, format = Uuid, description = "The erasure.")),
    responses((status = 200, description = "How far it is.", body = Erasure))
)]
pub(crate) async fn handle(
    _: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ErasureId>,
    state: Shared,
) -> Result<web::Json<Erasure>, ApiError> {
    let report = state.wharf.erasures().find(id).await?;
    Ok(web::Json(report.into()))
}

//! `GET /api/documents/{id}`: what is known of one of the caller's documents.

use actix_web::web;
use wharf::domain::id::DocumentId;

use super::document::Document;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID];

/// What is known of one of the caller's documents.
#[utoipa::path(
    get,
    path = "/api/documents/{id}",
    operation_id = "getDocument",
    tag = "documents",
    params(("id" = String, Path, format = Uuid, description = "The document.")),
    responses((status = 200, description = "The document.", body = Document))
)]
pub(crate) async fn handle(
    caller: Caller,
    _: Query<NoQuery>,
    Id(id): Id<DocumentId>,
    state: Shared,
) -> Result<web::Json<Document>, ApiError> {
    let document = state.wharf.documents().find(caller.user.id, id).await?;
    Ok(web::Json(document.into()))
}

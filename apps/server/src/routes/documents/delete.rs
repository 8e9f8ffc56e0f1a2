//! `DELETE /api/documents/{id}`: deletes one of the caller's documents with its content.

use actix_web::HttpResponse;
use wharf::domain::id::DocumentId;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::BY_ID,
    errors::STORAGE,
    errors::CONTENT,
    &[Code::Locked],
];

/// Deletes a document with its content.
#[utoipa::path(
    delete,
    path = "/api/documents/{id}",
    operation_id = "deleteDocument",
    tag = "documents",
    params(("id" = String, Path, format = Uuid, description = "The document.")),
    responses((status = 204, description = "It is gone."))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<DocumentId>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let documents = state.wharf.documents();
    documents.delete(&context, user.id, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

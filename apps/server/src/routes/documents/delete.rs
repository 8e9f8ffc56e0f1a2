//! `DELETE /api/documents/{id}`: deletes one of the caller's documents with its content.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::DocumentId;
use wharf::services::documents::ContentFate;

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

/// What deleting a document did.
#[derive(Serialize, ToSchema)]
#[schema(as = DocumentReceipt)]
pub(crate) struct Receipt {
    /// The document that was deleted.
    #[schema(format = Uuid)]
    id: String,
    /// `deleted`; `trashed`, because it lies in the account's bin at the provider; `missing`, because it
    /// was not there any more; or `left`, because something else lay in its place.
    content: &'static str,
}

/// Deletes a document with its content. What somebody put in its place meanwhile is left alone.
#[utoipa::path(
    delete,
    path = "/api/documents/{id}",
    operation_id = "deleteDocument",
    tag = "documents",
    params(("id" = String, Path, format = Uuid, description = "The document.")),
    responses((status = 200, description = "It is gone; what became of its content.", body = Receipt))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<DocumentId>,
    state: Shared,
) -> Result<web::Json<Receipt>, ApiError> {
    let documents = state.wharf.documents();
    let fate = documents.delete(&context, user.id, id).await?;
    Ok(web::Json(Receipt {
        id: id.to_string(),
        content: match fate {
            ContentFate::Deleted => "deleted",
            ContentFate::Trashed => "trashed",
            ContentFate::Missing => "missing",
            ContentFate::Left => "left",
        },
    }))
}

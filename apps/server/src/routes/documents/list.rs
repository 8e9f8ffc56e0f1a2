//! `GET /api/documents`: the caller's documents.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::document::Document;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, PageQuery, Query, read_cursor, read_limit};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::QUERY, &[Code::InvalidCursor]];

/// A page of documents, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentPage {
    /// The documents of this page.
    items: Vec<Document>,
    /// Leads to the next page; null at the end.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// The caller's documents, newest first.
#[utoipa::path(
    get,
    path = "/api/documents",
    operation_id = "listDocuments",
    tag = "documents",
    params(PageQuery),
    responses((status = 200, description = "A page of documents.", body = DocumentPage))
)]
pub(crate) async fn handle(
    caller: Caller,
    Query(query): Query<PageQuery>,
    state: Shared,
) -> Result<web::Json<DocumentPage>, ApiError> {
    let limit = read_limit(query.limit)?;
    let cursor = read_cursor(query.cursor.as_deref())?;
    let documents = state.wharf.documents();
    let page = documents.list(caller.user.id, limit, cursor).await?;
    Ok(web::Json(DocumentPage {
        items: page.items.into_iter().map(Document::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

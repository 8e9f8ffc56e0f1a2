//! `GET /api/cloud/connections/{id}/folders/{folder_id}`: a folder, through a connection.

use actix_web::HttpResponse;
use wharf::domain::id::ConnectionId;
use wharf::services::folders::Through;

use super::page::{self, FolderPage};
use super::part::Part;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, FolderId, Id, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] =
    &[errors::QUERY, errors::BY_ID, errors::STORAGE, page::ERRORS];

/// A page of a folder, read through a connection.
#[utoipa::path(
    get,
    path = "/api/cloud/connections/{id}/folders/{folder_id}",
    operation_id = "listFolderByConnection",
    tag = "folders",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("folder_id" = String, Path, description = "The folder's id; `root` is the top."),
        Part
    ),
    responses((status = 200, description = "A page of the folder.", body = FolderPage))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    Query(part): Query<Part>,
    Id(id): Id<ConnectionId>,
    FolderId(folder): FolderId,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    if part.connection().is_some() {
        return Err(ApiError::invalid("connection_id", "the path names it"));
    }
    let query = part.of(folder)?;
    let folders = state.wharf.folders();
    let page = folders
        .list(&context, user.id, Through::Connection(id), query)
        .await?;
    state.written_pages.answer(&page)
}

//! `GET /api/cloud/connections/{id}/folders/{folder_id}`: a folder, through a connection.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::id::ConnectionId;
use wharf::services::folders::{FolderQuery, Through};

use super::order::{Order, SortKey, sort};
use super::page::{self, FolderPage};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, FolderId, Id, Query, read_cursor, read_limit};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] =
    &[errors::QUERY, errors::BY_ID, errors::STORAGE, page::ERRORS];

/// Which part of the folder is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// What items are sorted by, `name` unless told; folders come first always.
    #[serde(default)]
    #[param(inline)]
    sort: SortKey,
    /// Up or down, `asc` unless told. Items without a size or date come last in both.
    #[serde(default)]
    #[param(inline)]
    order: Order,
    /// How many items at most: 1 to 1,000, 200 unless told.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before, in the same order.
    cursor: Option<String>,
    /// Whether the storage is to be asked even if the answer is known from a moment ago.
    #[serde(default)]
    fresh: bool,
}

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
    let query = FolderQuery {
        folder,
        sort: sort(part.sort, part.order),
        limit: read_limit(part.limit)?,
        cursor: read_cursor(part.cursor.as_deref())?,
        fresh: part.fresh,
    };
    let folders = state.wharf.folders();
    let page = folders
        .list(&context, user.id, Through::Connection(id), query)
        .await?;
    state.written_pages.answer(&page)
}

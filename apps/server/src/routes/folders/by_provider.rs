//! `GET /api/cloud/folders/{provider}/{folder_id}`: a folder, through the caller's connection of a
//! provider.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::provider::Provider;
use wharf::services::folders::{FolderQuery, Through};

use super::order::{Order, SortKey, sort};
use super::page::{self, FolderPage};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, FolderId, ProviderName, Query, read_cursor, read_limit};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::QUERY,
    errors::BY_ID,
    errors::STORAGE,
    page::ERRORS,
    &[
        Code::UnknownProvider,
        Code::NotConnected,
        Code::ConnectionAmbiguous,
    ],
];

/// Which part of the folder is asked for, and through which connection.
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
    /// The connection, where the caller has several of this provider.
    #[param(format = Uuid)]
    connection_id: Option<String>,
}

/// A page of a folder, read through the caller's connection of a provider.
#[utoipa::path(
    get,
    path = "/api/cloud/folders/{provider}/{folder_id}",
    operation_id = "listFolderByProvider",
    tag = "folders",
    params(
        ("provider" = String, Path, description = "The kind of storage: `webdav`."),
        ("folder_id" = String, Path, description = "The folder's id; `root` is the top."),
        Part
    ),
    responses((status = 200, description = "A page of the folder.", body = FolderPage))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    Query(part): Query<Part>,
    ProviderName(provider): ProviderName,
    FolderId(folder): FolderId,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let through = through(provider, part.connection_id.as_deref())?;
    let query = FolderQuery {
        folder,
        sort: sort(part.sort, part.order),
        limit: read_limit(part.limit)?,
        cursor: read_cursor(part.cursor.as_deref())?,
        fresh: part.fresh,
    };
    let folders = state.wharf.folders();
    let page = folders.list(&context, user.id, through, query).await?;
    state.written_pages.answer(&page)
}

fn through(provider: Provider, connection: Option<&str>) -> Result<Through, ApiError> {
    let Some(connection) = connection else {
        return Ok(Through::Provider(provider));
    };
    let id = connection.parse();
    let id = id.map_err(|error| ApiError::invalid("connection_id", error))?;
    Ok(Through::ConnectionOfProvider(id, provider))
}

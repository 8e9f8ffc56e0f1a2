//! `GET /api/cloud/folders/{provider}/{folder_id}`: a folder, through the caller's connection of a
//! provider.

use actix_web::HttpResponse;
use wharf::domain::provider::Provider;
use wharf::services::folders::Through;

use super::page::{self, FolderPage};
use super::part::Part;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, FolderId, ProviderName, Query};
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

/// A page of a folder, read through the caller's connection of a provider.
#[utoipa::path(
    get,
    path = "/api/cloud/folders/{provider}/{folder_id}",
    operation_id = "listFolderByProvider",
    tag = "folders",
    params(
        ("provider" = String, Path, description = "The kind of storage: `webdav`."),
        ("folder_id" = String, Path, description = "The folder's id; `root` is the top."),
        Part,
        (
            "connection_id" = Option<String>,
            Query,
            format = Uuid,
            description = "The connection, where the caller has several of this provider."
        )
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
    let through = through(provider, part.connection())?;
    let query = part.of(folder)?;
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

//! `PUT /api/cloud/connections/{id}/folders/{folder_id}/items`: stores a new file while it streams in.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::id::ConnectionId;
use wharf::services::items::{ConnectionOf, NewFile};

use super::item::{StoredItem, address};
use super::place::Conflict;
use crate::content::Content;
use crate::content::digest::{REPR_DIGEST, repr_digest};
use crate::content::forward::forwarding;
use crate::content::raw::RawContent;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, FolderId, Id, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::QUERY,
    errors::BY_ID,
    errors::STORAGE,
    errors::ITEM,
    errors::UPLOAD,
    errors::NEW_NAME,
    &[Code::NotAFolder],
];

/// What a new file is to be called.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wishes {
    /// The file's name: 1 to 255 bytes.
    name: String,
    /// What to do if the name is taken: `fail`, unless told, or `rename`.
    #[serde(default)]
    #[param(inline)]
    conflict: Conflict,
}

/// Stores a new file: the body is its content. Nothing is ever overwritten.
#[utoipa::path(
    put,
    path = "/api/cloud/connections/{id}/folders/{folder_id}/items",
    operation_id = "uploadItem",
    tag = "items",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("folder_id" = String, Path, description = "The folder's id; `root` is the top."),
        Wishes
    ),
    request_body(content = Content, content_type = "application/octet-stream"),
    responses((status = 201, description = "The file is stored.", body = StoredItem,
        headers(
            ("Location" = String, description = "The file's address."),
            ("Repr-Digest" = String, description = "The SHA-256 of its content.")
        )))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    Query(wishes): Query<Wishes>,
    Id(id): Id<ConnectionId>,
    FolderId(folder): FolderId,
    content: RawContent,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let name = wishes.name.parse();
    let name = name.map_err(|error| ApiError::invalid("name", error))?;
    let (upload, sender, bytes) = content.into_upload();
    let new = NewFile {
        folder,
        name,
        conflict: wishes.conflict.into(),
        upload,
    };
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    let store = async { Ok(items.store(&context, connection, new).await?) };
    let stored = forwarding(bytes, sender, store).await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, address(id, &stored.item.id)))
        .insert_header((REPR_DIGEST, repr_digest(&stored.sha256)))
        .json(StoredItem::from(&stored)))
}

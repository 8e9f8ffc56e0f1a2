//! `PUT /api/cloud/connections/{id}/items/{item_id}/content`: puts another content in the place of a
//! file's while it streams in.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use wharf::domain::id::ConnectionId;
use wharf::services::items::ConnectionOf;

use super::item::StoredItem;
use crate::content::Content;
use crate::content::digest::{REPR_DIGEST, repr_digest};
use crate::content::forward::forwarding;
use crate::content::raw::RawContent;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, If, ItemSegment, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::BY_ID,
    errors::STORAGE,
    errors::ITEM,
    errors::CONDITIONS,
    errors::UPLOAD,
    &[Code::PreconditionRequired, Code::NotAFile],
];

/// Replaces a file's content: the body is the new one. If-Match says which content is meant.
#[utoipa::path(
    put,
    path = "/api/cloud/connections/{id}/items/{item_id}/content",
    operation_id = "replaceItemContent",
    tag = "items",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("item_id" = String, Path, description = "The file's id."),
        ("If-Match" = String, Header, description = "The `etag`s that the file may have; `*` is any.")
    ),
    request_body(content = Content, content_type = "application/octet-stream"),
    responses((status = 200, description = "The file as it is now.", body = StoredItem,
        headers(
            ("ETag" = Option<String>, description = "The new content's tag, where the storage tells it."),
            ("Repr-Digest" = String, description = "The SHA-256 of the new content.")
        )))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    ItemSegment(file): ItemSegment,
    If(conditions): If,
    content: RawContent,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let (upload, sender, bytes) = content.into_upload();
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    let replace = items.replace(&context, connection, file, conditions, upload);
    let stored = forwarding(bytes, sender, async { Ok(replace.await?) }).await?;
    let mut response = HttpResponse::Ok();
    if let Some(etag) = &stored.item.etag {
        response.insert_header((ETAG, etag.as_str()));
    }
    Ok(response
        .insert_header((REPR_DIGEST, repr_digest(&stored.sha256)))
        .json(StoredItem::from(&stored)))
}

//! `DELETE /api/cloud/connections/{id}/items/{item_id}`: deletes an item.

use actix_web::HttpResponse;
use wharf::domain::id::ConnectionId;
use wharf::services::items::ConnectionOf;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, If, ItemSegment, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::BY_ID,
    errors::STORAGE,
    errors::ITEM,
    errors::CONDITIONS,
    errors::CHANGE,
];

/// Deletes a file, or a folder with all that it holds.
#[utoipa::path(
    delete,
    path = "/api/cloud/connections/{id}/items/{item_id}",
    operation_id = "deleteItem",
    tag = "items",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("item_id" = String, Path, description = "The item's id."),
        ("If-Match" = Option<String>, Header, description = "The `etag`s that the item may have.")
    ),
    responses((status = 204, description = "It is gone."))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    ItemSegment(item): ItemSegment,
    If(conditions): If,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    items.delete(&context, connection, item, conditions).await?;
    Ok(HttpResponse::NoContent().finish())
}

//! `GET /api/cloud/connections/{id}/items/{item_id}`: what is known of an item.

use actix_web::web;
use wharf::domain::id::ConnectionId;
use wharf::services::items::ConnectionOf;

use super::item::Item;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, ItemSegment, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID, errors::STORAGE, errors::ITEM];

/// What is known of a file or folder; the storage is asked.
#[utoipa::path(
    get,
    path = "/api/cloud/connections/{id}/items/{item_id}",
    operation_id = "getItem",
    tag = "items",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("item_id" = String, Path, description = "The item's id; `root` is the top folder.")
    ),
    responses((status = 200, description = "The item.", body = Item))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    ItemSegment(item): ItemSegment,
    state: Shared,
) -> Result<web::Json<Item>, ApiError> {
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    let item = items.find(&context, connection, item).await?;
    Ok(web::Json(Item::from(&item)))
}

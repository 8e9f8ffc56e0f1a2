//! `PATCH /api/cloud/connections/{id}/items/{item_id}`: renames an item, moves it, or both.

use actix_web::web;
use wharf::domain::id::ConnectionId;
use wharf::domain::ports::storage::Destination;
use wharf::services::items::ConnectionOf;

use super::item::Item;
use super::place::Place;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, If, ItemSegment, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    errors::BY_ID,
    errors::STORAGE,
    errors::ITEM,
    errors::CONDITIONS,
    errors::CHANGE,
    errors::NEW_NAME,
    &[Code::IntoItself, Code::NotAFolder],
];

/// Renames a file or folder, moves it, or both. Its id may be another afterwards.
#[utoipa::path(
    patch,
    path = "/api/cloud/connections/{id}/items/{item_id}",
    operation_id = "relocateItem",
    tag = "items",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("item_id" = String, Path, description = "The item's id."),
        ("If-Match" = Option<String>, Header, description = "The `etag`s that the item may have.")
    ),
    request_body = Place,
    responses((status = 200, description = "The item as it is now.", body = Item))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    ItemSegment(item): ItemSegment,
    If(conditions): If,
    Json(place): Json<Place>,
    state: Shared,
) -> Result<web::Json<Item>, ApiError> {
    let to = Destination::try_from(place)?;
    if to.folder.is_none() && to.name.is_none() {
        let detail = "name, parent_id or both must be there";
        return Err(ApiError::new(Code::InvalidRequest).saying(detail));
    }
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    let item = items
        .relocate(&context, connection, item, conditions, to)
        .await?;
    Ok(web::Json(Item::from(&item)))
}

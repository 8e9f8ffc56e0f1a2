//! `POST /api/cloud/connections/{id}/items/{item_id}/copy`: copies an item.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use wharf::domain::id::ConnectionId;
use wharf::services::items::ConnectionOf;

use super::item::{Item, address};
use super::place::Place;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, ItemSegment, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    errors::BY_ID,
    errors::STORAGE,
    errors::ITEM,
    errors::CHANGE,
    errors::NEW_NAME,
    &[Code::IntoItself, Code::NotAFolder],
];

/// Copies a file, or a folder with all that it holds.
#[utoipa::path(
    post,
    path = "/api/cloud/connections/{id}/items/{item_id}/copy",
    operation_id = "copyItem",
    tag = "items",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("item_id" = String, Path, description = "The id of the item to copy.")
    ),
    request_body = Place,
    responses((status = 201, description = "The copy.", body = Item,
        headers(("Location" = String, description = "The copy's address."))))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    ItemSegment(item): ItemSegment,
    Json(place): Json<Place>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    let copy = items
        .copy(&context, connection, item, place.try_into()?)
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, address(id, &copy.id)))
        .json(Item::from(&copy)))
}

//! `DELETE /api/cloud/connections/{id}/items/{item_id}`: deletes an item.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;
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

/// What deleting an item did.
#[derive(Serialize, ToSchema)]
#[schema(as = ItemReceipt)]
pub(crate) struct Receipt {
    /// `deleted`; or `trashed`: it lies in the account's bin at the provider.
    #[schema(example = "deleted")]
    content: &'static str,
}

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
    responses((status = 200, description = "It is gone; what became of it.", body = Receipt))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    ItemSegment(item): ItemSegment,
    If(conditions): If,
    state: Shared,
) -> Result<web::Json<Receipt>, ApiError> {
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    let removal = items.delete(&context, connection, item, conditions).await?;
    Ok(web::Json(Receipt {
        content: removal.as_str(),
    }))
}

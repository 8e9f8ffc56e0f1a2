//! `POST /api/cloud/connections/{id}/folders`: makes a folder.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::Deserialize;
use utoipa::ToSchema;
use wharf::domain::id::ConnectionId;
use wharf::services::items::ConnectionOf;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, Json, NoQuery, Query};
use crate::routes::errors;
use crate::routes::items::item::{Item, address};
use crate::routes::items::place::read_parent;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    errors::BY_ID,
    errors::STORAGE,
    errors::ITEM,
    errors::CHANGE,
    errors::NEW_NAME,
    &[Code::NotAFolder],
];

/// A folder to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFolder {
    /// The folder that it goes into; `root` is the top.
    #[schema(example = "root")]
    parent_id: String,
    /// What it is to be called: 1 to 255 bytes.
    name: String,
}

/// Makes a folder.
#[utoipa::path(
    post,
    path = "/api/cloud/connections/{id}/folders",
    operation_id = "createFolder",
    tag = "folders",
    params(("id" = String, Path, format = Uuid, description = "The connection.")),
    request_body = NewFolder,
    responses((status = 201, description = "The folder.", body = Item,
        headers(("Location" = String, description = "The folder's address as an item."))))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<ConnectionId>,
    Json(new): Json<NewFolder>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let parent = read_parent(&new.parent_id)?;
    let name = new.name.parse();
    let name = name.map_err(|error| ApiError::invalid("name", error))?;
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    let folder = items
        .create_folder(&context, connection, parent, name)
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, address(id, &folder.id)))
        .json(Item::from(&folder)))
}

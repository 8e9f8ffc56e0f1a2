//! `PATCH /api/users/me/default-storage`: where the caller's documents go unless told.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use super::profile::Profile;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Json, NoQuery, Place, Query, read_place};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::JSON,
    errors::BY_ID,
    &[Code::StorageDisconnected, Code::RequiresReauth],
];

/// Where documents are to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefaultStorage {
    /// `house`, or the id of a connection.
    #[schema(value_type = Place)]
    storage: String,
}

/// Changes where documents go unless told.
#[utoipa::path(
    patch,
    path = "/api/users/me/default-storage",
    operation_id = "setDefaultStorage",
    tag = "users",
    request_body = DefaultStorage,
    responses((status = 200, description = "The account as it is now.", body = Profile))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Json(choice): Json<DefaultStorage>,
    state: Shared,
) -> Result<web::Json<Profile>, ApiError> {
    let place = read_place(&choice.storage)?;
    let accounts = state.wharf.accounts();
    let user = accounts.set_default_storage(&context, user.id, place);
    Ok(web::Json(user.await?.into()))
}

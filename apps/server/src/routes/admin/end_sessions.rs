//! `DELETE /api/admin/users/{id}/sessions`: logs a user out everywhere.

use actix_web::HttpResponse;
use wharf::domain::id::UserId;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID];

/// Ends all sessions of a user; their access tokens are void within seconds, those of an outside issuer too.
#[utoipa::path(
    delete,
    path = "/api/admin/users/{id}/sessions",
    operation_id = "endUserSessions",
    tag = "administration",
    params(("id" = String, Path, format = Uuid, description = "The account.")),
    responses((status = 204, description = "The user is logged out everywhere."))
)]
pub(crate) async fn handle(
    Caller { context, .. }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<UserId>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    state.wharf.sessions().end_all(&context, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

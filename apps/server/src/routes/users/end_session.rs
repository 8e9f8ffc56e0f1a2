//! `DELETE /api/users/me/sessions/{id}`: logs the caller out somewhere.

use actix_web::HttpResponse;
use wharf::domain::id::SessionId;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::BY_ID];

/// Ends one of the caller's sessions, which may be the one that asks; its access tokens are void within
/// seconds.
#[utoipa::path(
    delete,
    path = "/api/users/me/sessions/{id}",
    operation_id = "endSession",
    tag = "users",
    params(("id" = String, Path, format = Uuid, description = "The session.")),
    responses((status = 204, description = "The session has ended."))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<SessionId>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    state
        .wharf
        .sessions()
        .end_one(&context, user.id, id)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

//! `GET /api/admin/users/{id}/sessions`: where a user is logged in.

use actix_web::web;
use wharf::domain::id::UserId;

use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, PageQuery, Query, read_cursor, read_limit};
use crate::routes::errors;
use crate::routes::users::SessionPage;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::QUERY, errors::BY_ID, &[Code::InvalidCursor]];

/// A user's sessions, newest first.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}/sessions",
    operation_id = "listUserSessions",
    tag = "administration",
    params(("id" = String, Path, format = Uuid, description = "The account."), PageQuery),
    responses((status = 200, description = "A page of sessions.", body = SessionPage))
)]
pub(crate) async fn handle(
    caller: Caller,
    Query(query): Query<PageQuery>,
    Id(id): Id<UserId>,
    state: Shared,
) -> Result<web::Json<SessionPage>, ApiError> {
    let limit = read_limit(query.limit)?;
    let cursor = read_cursor(query.cursor.as_deref())?;
    let user = state.wharf.accounts().find(id).await?;
    let page = state.wharf.sessions().list(user.id, limit, cursor).await?;
    Ok(web::Json(SessionPage::new(page, caller.user.session)))
}

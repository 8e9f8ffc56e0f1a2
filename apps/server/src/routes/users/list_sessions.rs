//! `GET /api/users/me/sessions`: where the caller is logged in.

use actix_web::web;

use super::session::SessionPage;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, PageQuery, Query, read_cursor, read_limit};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::QUERY, &[Code::InvalidCursor]];

/// The caller's sessions, newest first.
#[utoipa::path(
    get,
    path = "/api/users/me/sessions",
    operation_id = "listSessions",
    tag = "users",
    params(PageQuery),
    responses((status = 200, description = "A page of sessions.", body = SessionPage))
)]
pub(crate) async fn handle(
    Caller { user, .. }: Caller,
    Query(query): Query<PageQuery>,
    state: Shared,
) -> Result<web::Json<SessionPage>, ApiError> {
    let limit = read_limit(query.limit)?;
    let cursor = read_cursor(query.cursor.as_deref())?;
    let page = state.wharf.sessions().list(user.id, limit, cursor).await?;
    Ok(web::Json(SessionPage::new(page, user.session)))
}

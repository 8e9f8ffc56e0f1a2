//! `GET /api/admin/audit`: what happened.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wharf::domain::id::UserId;
use wharf::domain::ports::trail::TrailFilter;
use wharf::domain::time::Timestamp;

use super::event::AuditEvent;
use crate::error::{ApiError, Code};
use crate::extract::{Query, read_cursor, read_limit};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[errors::QUERY, &[Code::InvalidCursor]];

/// Which events are asked for: those that all of it is true of.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Those that this user did.
    #[param(format = Uuid)]
    actor: Option<String>,
    /// Those of this name, for example `session.refused`.
    action: Option<String>,
    /// Those that were done to this account, connection or document.
    #[param(format = Uuid)]
    resource: Option<String>,
    /// Those that came to this: `done` or `refused`.
    outcome: Option<String>,
    /// Those that happened then or later (RFC 3339).
    #[param(format = DateTime)]
    from: Option<String>,
    /// Those that happened earlier (RFC 3339).
    #[param(format = DateTime)]
    until: Option<String>,
    /// How many entries at most: 1 to 1,000, 200 unless told.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before, with the same filter.
    cursor: Option<String>,
}

impl AuditQuery {
    fn filter(&self) -> Result<TrailFilter, ApiError> {
        let resource: Option<UserId> = read("resource", self.resource.as_deref())?;
        Ok(TrailFilter {
            actor: read("actor", self.actor.as_deref())?,
            action: self.action.clone(),
            resource: resource.map(|id| *id.as_bytes()),
            outcome: self.outcome.clone(),
            from: read::<Timestamp>("from", self.from.as_deref())?,
            until: read::<Timestamp>("until", self.until.as_deref())?,
        })
    }
}

fn read<T>(field: &'static str, text: Option<&str>) -> Result<Option<T>, ApiError>
where
    T: std::str::FromStr<Err: std::error::Error>,
{
    let value = text.map(str::parse).transpose();
    value.map_err(|error| ApiError::invalid(field, error))
}

/// A page of events, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPage {
    /// The events of this page.
    items: Vec<AuditEvent>,
    /// Leads to the next page; null at the end.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What happened, the latest first. What happened within the last seconds may not have its place yet.
#[utoipa::path(
    get,
    path = "/api/admin/audit",
    operation_id = "listAuditEvents",
    tag = "administration",
    params(AuditQuery),
    responses((status = 200, description = "A page of events.", body = AuditPage))
)]
pub(crate) async fn handle(
    Query(query): Query<AuditQuery>,
    state: Shared,
) -> Result<web::Json<AuditPage>, ApiError> {
    let limit = read_limit(query.limit)?;
    let cursor = read_cursor(query.cursor.as_deref())?;
    let filter = query.filter()?;
    let page = state.wharf.audit().list(&filter, limit, cursor).await?;
    Ok(web::Json(AuditPage {
        items: page.items.into_iter().map(AuditEvent::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

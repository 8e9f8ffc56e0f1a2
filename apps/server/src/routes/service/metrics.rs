//! `GET /metrics`: what this process measured, for Prometheus, if the settings say so.

use actix_web::HttpResponse;
use wharf::meters::MEDIA_TYPE;

use crate::error::{ApiError, Code};
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[&[Code::UnknownRoute]];

/// What this process measured.
///
/// Without `metrics` in the operator's settings there is no such address. `docs/metrics.md` explains
/// each figure.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "service",
    responses((
        status = 200,
        description = "Prometheus's text format, version 0.0.4.",
        body = String,
        content_type = "text/plain"
    ))
)]
pub(crate) async fn handle(state: Shared) -> Result<HttpResponse, ApiError> {
    let figures = state.wharf.metrics().await;
    let figures = figures.ok_or(Code::UnknownRoute)?;
    Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).body(figures))
}

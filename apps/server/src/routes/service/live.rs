//! `GET /healthz`: whether the process answers. It touches nothing that could be slow.

use actix_web::Responder;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Code;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// How the service is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok` or `ready`.
    #[schema(example = "ok")]
    pub(crate) status: &'static str,
}

/// Whether the process answers.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "live",
    tag = "service",
    responses((status = 200, description = "It answers.", body = Health))
)]
pub(crate) async fn handle() -> impl Responder {
    Json(Health { status: "ok" })
}

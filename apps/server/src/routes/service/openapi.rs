//! `GET /openapi.json`: what this server can do, for programs.

use actix_web::{HttpResponse, Responder};

use crate::error::Code;
use crate::openapi;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "service",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object))
)]
pub(crate) async fn handle() -> impl Responder {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(openapi::text())
}

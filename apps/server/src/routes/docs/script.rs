//! `GET /docs/page.js`: what draws the page.

use actix_web::{HttpResponse, Responder};

use crate::error::Code;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// What draws the page.
#[utoipa::path(
    get,
    path = "/docs/page.js",
    operation_id = "docsScript",
    tag = "service",
    responses((status = 200, description = "The file.", body = String, content_type = "text/javascript"))
)]
pub(crate) async fn handle() -> impl Responder {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(include_str!("page.js"))
}

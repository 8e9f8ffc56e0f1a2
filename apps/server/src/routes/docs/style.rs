//! `GET /docs/page.css`: how the page looks.

use actix_web::{HttpResponse, Responder};

use crate::error::Code;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// How the page looks.
#[utoipa::path(
    get,
    path = "/docs/page.css",
    operation_id = "docsStyle",
    tag = "service",
    responses((status = 200, description = "The file.", body = String, content_type = "text/css"))
)]
pub(crate) async fn handle() -> impl Responder {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(include_str!("page.css"))
}

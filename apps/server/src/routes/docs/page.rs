//! `GET /docs`: what this server can do, for people.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, Responder};

use crate::error::Code;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// Lets the page load its two files and the description from where it came from, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// This description, as a page.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "docs",
    tag = "service",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"))
)]
pub(crate) async fn handle() -> impl Responder {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(include_str!("page.html"))
}

//! `GET /`: shows a person who opens the server's address what there is.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, Responder};

use crate::error::Code;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// Leads to the page of this description.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "home",
    tag = "service",
    responses((
        status = 303,
        description = "To the page.",
        headers(("Location" = String, description = "The page's address.")),
    ))
)]
pub(crate) async fn handle() -> impl Responder {
    // Relative, so that it also leads there behind a proxy that adds a prefix.
    HttpResponse::SeeOther()
        .insert_header((LOCATION, "docs"))
        .finish()
}

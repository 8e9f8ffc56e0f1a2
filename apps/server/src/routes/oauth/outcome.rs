//! `GET /oauth/outcome`: tells a person who comes back from a provider what came of it.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::IntoParams;

use super::page;
use crate::error::Code;
use crate::extract::lenient_query;

pub(crate) const ERRORS: &[&[Code]] = &[];

/// What came of an authorization.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// The outcome's name.
    outcome: Option<String>,
    /// What the application asks for, beside `confirm`.
    confirmation: Option<String>,
}

/// What came of an authorization, as a page. Whatever it is asked with, it says one of a few things.
#[utoipa::path(
    get,
    path = "/oauth/outcome",
    operation_id = "oauthOutcome",
    tag = "oauth",
    params(Shown),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"))
)]
pub(crate) async fn handle(request: HttpRequest) -> HttpResponse {
    let shown: Shown = lenient_query(request.query_string()).unwrap_or_default();
    let outcome = shown.outcome.unwrap_or_default();
    page::show(&outcome, shown.confirmation.as_deref())
}

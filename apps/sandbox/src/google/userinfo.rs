//! Google's userinfo endpoint (OpenID Connect Core 1.0, section 5.3).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::error::oauth_error;
use super::scope;
use crate::identity::{Provider, bearer};
use crate::simulation::Simulation;

#[derive(Serialize)]
struct Userinfo<'a> {
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

/// `GET`: who granted the access token.
pub(super) async fn show(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let now = simulation.clock.now();
    let known = bearer(request.headers())
        .and_then(|token| simulation.grants.bearer(Provider::Google, token, now))
        .filter(|(_, scopes)| scopes.iter().any(|scope| scope::is_sign_in(scope)));
    let Some((person, scopes)) = known else {
        return oauth_error(
            StatusCode::UNAUTHORIZED,
            "invalid_request",
            "Invalid Credentials",
        );
    };
    let has = |scope: &str| scopes.iter().any(|granted| granted == scope);
    HttpResponse::Ok().json(Userinfo {
        sub: person.google_id,
        email: has(scope::EMAIL).then_some(person.email),
        email_verified: has(scope::EMAIL).then_some(true),
        name: has(scope::PROFILE).then_some(person.name),
    })
}

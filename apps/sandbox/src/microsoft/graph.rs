//! As much of Graph as connecting takes: the person and the drive.
//! <https://learn.microsoft.com/graph/api/user-get>, <https://learn.microsoft.com/graph/api/drive-get>

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::error::graph_error;
use super::scope;
use crate::identity::{Person, Provider, bearer};
use crate::simulation::Simulation;

/// `GET /v1.0/me`: who granted the access token.
pub(super) async fn me(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let may_read = |scopes: &[String]| scope::has(scopes, "User.Read");
    let person = match person(&simulation, &request, may_read) {
        Ok(person) => person,
        Err(refusal) => return refusal.send(&simulation),
    };
    HttpResponse::Ok().json(json!({
        "@odata.context": format!("{}/v1.0/$metadata#users/$entity", simulation.origin),
        "id": person.graph_id,
        "displayName": person.name,
        "mail": person.mail,
        "userPrincipalName": person.email,
    }))
}

/// `GET /v1.0/me/drive`: the person's drive, and how full it is.
pub(super) async fn drive(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let person = match person(&simulation, &request, scope::opens_files) {
        Ok(person) => person,
        Err(refusal) => return refusal.send(&simulation),
    };
    let drive_type = if person.is_consumer() {
        "personal"
    } else {
        "business"
    };
    HttpResponse::Ok().json(json!({
        "@odata.context": format!("{}/v1.0/$metadata#drives/$entity", simulation.origin),
        "id": person.drive_id,
        "driveType": drive_type,
        "owner": {"user": {
            "id": person.graph_id,
            "displayName": person.name,
            "email": person.mail,
        }},
        "quota": {
            "total": 5_368_709_120_u64,
            "used": 1_048_576,
            "remaining": 5_367_660_544_u64,
            "deleted": 0,
            "state": "normal",
        },
    }))
}

/// What there is none of.
pub(super) async fn not_found(simulation: web::Data<Simulation>) -> HttpResponse {
    let message = "The resource could not be found.";
    graph_error(&simulation, StatusCode::NOT_FOUND, "itemNotFound", message)
}

/// Whose access token comes with a request, if its scopes are enough.
fn person(
    simulation: &Simulation,
    request: &HttpRequest,
    is_enough: impl FnOnce(&[String]) -> bool,
) -> Result<&'static Person, Refusal> {
    let now = simulation.clock.now();
    let (person, scopes) = bearer(request.headers())
        .and_then(|token| simulation.grants.bearer(Provider::Microsoft, token, now))
        .ok_or(Refusal::InvalidToken)?;
    is_enough(&scopes).then_some(person).ok_or(Refusal::Denied)
}

/// Why a request is not answered.
enum Refusal {
    InvalidToken,
    Denied,
}

impl Refusal {
    fn send(&self, simulation: &Simulation) -> HttpResponse {
        let (status, code, message) = match self {
            Self::InvalidToken => (
                StatusCode::UNAUTHORIZED,
                "InvalidAuthenticationToken",
                "Lifetime validation failed, the token is expired.",
            ),
            Self::Denied => (
                StatusCode::FORBIDDEN,
                "accessDenied",
                "Access is denied. Check credentials and try again.",
            ),
        };
        graph_error(simulation, status, code, message)
    }
}

//! Who granted. <https://learn.microsoft.com/graph/api/user-get>

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::refusal::Refusal;
use super::scope;
use crate::identity::{Person, Provider, bearer};
use crate::origin::origin;
use crate::simulation::Simulation;

/// `GET /v1.0/me`: who granted the access token.
pub(super) async fn show(simulation: web::Data<Simulation>, request: HttpRequest) -> HttpResponse {
    let (person, scopes) = match granted(&simulation, &request) {
        Ok(granted) => granted,
        Err(refusal) => return refusal.send(&simulation),
    };
    if !scope::has(&scopes, "User.Read") {
        return Refusal::denied().send(&simulation);
    }
    let origin = origin(&simulation, &request);
    HttpResponse::Ok().json(json!({
        "@odata.context": format!("{origin}/v1.0/$metadata#users/$entity"),
        "id": person.graph_id,
        "displayName": person.name,
        "mail": person.mail,
        "userPrincipalName": person.email,
    }))
}

/// Whose access token comes with a request, and for what.
pub(super) fn granted(
    simulation: &Simulation,
    request: &HttpRequest,
) -> Result<(&'static Person, Vec<String>), Refusal> {
    let now = simulation.clock.now();
    bearer(request.headers())
        .and_then(|token| simulation.grants.bearer(Provider::Microsoft, token, now))
        .ok_or_else(Refusal::invalid_token)
}

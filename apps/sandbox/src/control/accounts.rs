//! `/control/accounts` and `/control/revoke`: what people have granted, and that they think better of it.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::identity::{Provider, person};
use crate::simulation::Simulation;

/// Whose grant, and where.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    provider: Provider,
    account: String,
}

/// `GET`: how much is alive for every account.
pub(super) async fn list(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(simulation.grants.live(simulation.clock.now()))
}

/// `POST`: the person takes the grant back at the provider's account page. Says whether there was one.
pub(super) async fn revoke(
    simulation: web::Data<Simulation>,
    whose: web::Json<Whose>,
) -> HttpResponse {
    let Some(person) = person(&whose.account) else {
        return HttpResponse::NotFound().finish();
    };
    let revoked = simulation.grants.revoke(whose.provider, person);
    HttpResponse::Ok().json(json!({"revoked": revoked}))
}

//! `/control/faults`

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::fault::{FaultId, FaultRule};
use crate::simulation::Simulation;

/// `GET`: those in force.
pub(super) async fn list(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(simulation.faults.list())
}

/// `POST`: one more, a [`FaultRule`]; answers with its `id`.
pub(super) async fn add(
    simulation: web::Data<Simulation>,
    rule: web::Json<FaultRule>,
) -> HttpResponse {
    let id = simulation.faults.add(rule.into_inner());
    HttpResponse::Created().json(json!({"id": id}))
}

/// `DELETE`: none from now on.
pub(super) async fn clear(simulation: web::Data<Simulation>) -> HttpResponse {
    simulation.faults.remove(|_| true);
    HttpResponse::NoContent().finish()
}

/// `DELETE …/{id}`: not this one from now on.
pub(super) async fn remove(
    simulation: web::Data<Simulation>,
    id: web::Path<FaultId>,
) -> HttpResponse {
    match simulation.faults.remove(|listed| listed.id == *id) {
        0 => HttpResponse::NotFound().finish(),
        _ => HttpResponse::NoContent().finish(),
    }
}

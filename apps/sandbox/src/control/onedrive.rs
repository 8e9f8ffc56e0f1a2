//! `/control/onedrive/files`, `/control/onedrive/recycle-bin`

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::files::Owner;
use crate::generated_file::GeneratedFile;
use crate::identity::person;
use crate::simulation::Simulation;

/// `POST ?account=`: puts a [`GeneratedFile`] into a drive; answers with its `id`.
pub(super) async fn add_file(
    simulation: web::Data<Simulation>,
    owner: web::Query<Owner>,
    file: web::Json<GeneratedFile>,
) -> HttpResponse {
    let person = person(&owner.account);
    let id = person.and_then(|person| simulation.onedrive.add(&simulation, person, &file));
    match id {
        None => HttpResponse::NotFound().finish(),
        Some(id) => HttpResponse::Created().json(json!({"id": id})),
    }
}

/// `GET ?account=`: what was deleted there, and can be had back by its owner.
pub(super) async fn recycle_bin(
    simulation: web::Data<Simulation>,
    owner: web::Query<Owner>,
) -> HttpResponse {
    match person(&owner.account) {
        None => HttpResponse::NotFound().finish(),
        Some(person) => HttpResponse::Ok().json(simulation.onedrive.recycled(&simulation, person)),
    }
}

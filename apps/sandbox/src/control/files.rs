//! `/control/contract-warnings`, `/control/drive/files`, `/control/storage-limit`, `/control/uploads`

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::generated_file::GeneratedFile;
use crate::identity::{Provider, person};
use crate::simulation::Simulation;

/// How much somebody may store.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StorageLimit {
    provider: Provider,
    account: String,
    bytes: u64,
}

/// Whose Drive a file is put into.
#[derive(Deserialize)]
pub(super) struct Owner {
    pub(super) account: String,
}

/// `GET`: where clients were careless.
pub(super) async fn warnings(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(simulation.contract.warnings())
}

/// `DELETE`: forgets that.
pub(super) async fn clear_warnings(simulation: web::Data<Simulation>) -> HttpResponse {
    simulation.contract.clear();
    HttpResponse::NoContent().finish()
}

/// `GET`: the upload sessions that are open.
pub(super) async fn uploads(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(simulation.open_uploads())
}

/// `DELETE`: ends them.
pub(super) async fn end_uploads(simulation: web::Data<Simulation>) -> HttpResponse {
    simulation.end_uploads();
    HttpResponse::NoContent().finish()
}

/// `POST`: sets what an account may store.
pub(super) async fn limit_storage(
    simulation: web::Data<Simulation>,
    limit: web::Json<StorageLimit>,
) -> HttpResponse {
    match person(&limit.account) {
        None => HttpResponse::NotFound().finish(),
        Some(person) => {
            simulation.quotas.set(limit.provider, person, limit.bytes);
            HttpResponse::NoContent().finish()
        }
    }
}

/// `POST ?account=`: puts a [`GeneratedFile`] into a Drive; answers with its `id`.
pub(super) async fn add_drive_file(
    simulation: web::Data<Simulation>,
    owner: web::Query<Owner>,
    file: web::Json<GeneratedFile>,
) -> HttpResponse {
    let Some(person) = person(&owner.account) else {
        return HttpResponse::NotFound().finish();
    };
    // A large file's checksums take a while.
    let added = web::block(move || {
        let now = simulation.clock.now();
        simulation.drive.add(person, &file, now)
    });
    let id = added.await.ok().flatten();
    match id {
        None => HttpResponse::NotFound().finish(),
        Some(id) => HttpResponse::Created().json(json!({"id": id})),
    }
}

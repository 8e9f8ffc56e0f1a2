//! `DELETE /files/{id}`: gone for good, past the trash, with everything beneath.

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Caller, Shared};
use super::file::File;
use super::ids::Id;
use super::refusal::Refusal;
use super::shared_drive::Role;

pub(super) async fn delete(
    simulation: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::writing(&simulation, &request)?;
    caller.should_support_all_drives(&simulation);
    let mut world = simulation.drive.world();
    let id = world.find_for(&caller, &id, Role::Owner)?.id.clone();
    world.remove(&id, simulation.clock.now());
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /files/trash`: all that is in the caller's own trash.
pub(super) async fn empty_trash(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::writing(&simulation, &request)?;
    let mut world = simulation.drive.world();
    let is_own = |file: &&File| file.owner() == Some(caller.person);
    let trashed = world
        .files()
        .filter(|file| file.trashed.is_some())
        .filter(is_own);
    let trashed: Vec<Id> = trashed.map(|file| file.id.clone()).collect();
    for id in trashed {
        world.remove(&id, simulation.clock.now());
    }
    Ok(HttpResponse::NoContent().finish())
}

//! `POST /files/{id}/copy`: the same again, with another id.

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Caller, Shared};
use super::create;
use super::file::Content;
use super::ids::file_id;
use super::mask::Kind;
use super::metadata::Metadata;
use super::refusal::Refusal;
use super::resource::View;
use super::shared_drive::Role;
use crate::body;

pub(super) async fn copy(
    simulation: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let body = body::small(payload).await?;
    let caller = Caller::writing(&simulation, &request)?;
    caller.should_support_all_drives(&simulation);
    caller.should_name_fields(&simulation);
    let mask = caller.mask(Kind::File)?;
    let mut metadata = Metadata::parse(&body)?;
    let mut world = simulation.drive.world();
    let source = world.find(&caller, &id)?;
    if source.is_folder() {
        let message = "This file cannot be copied by the user.";
        return Err(Refusal::forbidden("cannotCopyFile", message));
    }
    let parent = source.parent.as_ref().and_then(|parent| world.get(parent));
    let parent = parent.filter(|parent| {
        world.sees(&caller, parent) && world.role(parent, caller.person) >= Some(Role::Writer)
    });
    if metadata.parents.is_none() {
        metadata.parents = parent.map(|parent| vec![parent.id.to_string()]);
    }
    metadata.mime_type = Some(source.mime_type.clone());
    let (parent, home) = create::check(
        &simulation,
        &world,
        &caller,
        &metadata,
        source.quota_bytes(),
    )?;
    let now = simulation.clock.now();
    let mut copy = source.clone();
    copy.id = match &metadata.id {
        Some(id) => id.as_str().into(),
        None => file_id(&simulation.drive.random),
    };
    copy.name = format!("Copy of {}", source.name);
    (copy.parent, copy.home) = (Some(parent), home);
    (copy.created, copy.modified, copy.last_modifying) = (now, now, caller.person);
    (copy.trashed, copy.version, copy.starred) = (None, 1, false);
    (copy.is_made_by_app, copy.shares) = (true, Vec::new());
    if let Content::Bytes { revision, .. } = &mut copy.content {
        *revision = create::revision(&simulation);
    }
    metadata.apply(&mut copy, now);
    let id = world.insert(copy, now);
    let view = View {
        world: &world,
        caller: &caller,
        origin: &simulation.origin,
    };
    let file = world.find(&caller, &id)?;
    Ok(HttpResponse::Ok().json(view.file(file, &mask)))
}

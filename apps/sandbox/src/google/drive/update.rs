//! `PATCH /files/{id}`: another name, place, content, or into the trash and out of it.

use std::time::SystemTime;

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Caller, Shared};
use super::create::{Upload, check_quota, revision};
use super::file::{Content, File, Home};
use super::ids::Id;
use super::mask::Kind;
use super::metadata::Metadata;
use super::refusal::Refusal;
use super::resource::View;
use super::shared_drive::Role;
use super::world::World;
use crate::body;
use crate::simulation::Simulation;

pub(super) async fn with_metadata(
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
    let metadata = Metadata::parse_change(&body)?;
    let mut world = simulation.drive.world();
    update(&simulation, &mut world, &caller, &id, &metadata, None)?;
    let view = View {
        world: &world,
        caller: &caller,
        origin: &simulation.origin,
    };
    let file = world.find(&caller, &id)?;
    Ok(HttpResponse::Ok().json(view.file(file, &mask)))
}

/// Changes a file: all of it or, if it is refused, nothing.
pub(super) fn update(
    simulation: &Simulation,
    world: &mut World,
    caller: &Caller,
    id: &str,
    metadata: &Metadata,
    upload: Option<Upload>,
) -> Result<Id, Refusal> {
    let size = upload.as_ref().map_or(0, |upload| upload.blob.size());
    check(simulation, world, caller, id, upload.is_some(), size)?;
    let file = world.find(caller, id)?;
    let is_trashed = file.trashed.is_some();
    if metadata.trashed.is_some_and(|wanted| wanted != is_trashed) {
        world.find_for(caller, id, Role::Owner)?;
    }
    let target = target(world, caller, file)?;
    let (id, now) = (file.id.clone(), simulation.clock.now());
    let revision = revision(simulation);
    world.change(&id, now, |file| {
        let is_change = metadata.is_change() || upload.is_some();
        if is_change {
            file.touch(caller.person, now);
        } else {
            file.version += 1;
        }
        change(file, metadata, upload, revision, now);
    });
    if let Some(target) = target {
        world.move_to(&id, &target, now);
    }
    Ok(id)
}

/// Whether the caller may change the file, and has room for its new content.
pub(super) fn check(
    simulation: &Simulation,
    world: &World,
    caller: &Caller,
    id: &str,
    is_upload: bool,
    size: u64,
) -> Result<(), Refusal> {
    let file = world.find_for(caller, id, Role::Writer)?;
    if !is_upload {
        return Ok(());
    }
    let Some(old) = file.blob() else {
        let message = "Media uploads are not supported for this file.";
        return Err(Refusal::bad_request("badRequest", message));
    };
    match file.home {
        Home::Own(owner) => check_quota(simulation, world, owner, size.saturating_sub(old.size())),
        Home::Shared(_) => Ok(()),
    }
}

fn change(
    file: &mut File,
    metadata: &Metadata,
    upload: Option<Upload>,
    revision: String,
    now: SystemTime,
) {
    metadata.apply(file, now);
    if let Some(Upload { blob, media_type }) = upload {
        file.content = Content::Bytes { blob, revision };
        if let Some(media_type) = media_type {
            file.mime_type = media_type;
        }
    }
    if let Some(mime_type) = &metadata.mime_type
        && file.blob().is_some()
    {
        file.mime_type.clone_from(mime_type);
    }
    match metadata.trashed {
        Some(true) => file.trashed = file.trashed.or(Some(now)),
        Some(false) => file.trashed = None,
        None => {}
    }
}

/// The folder that `addParents` and `removeParents` put the file into, if it is another.
fn target(world: &World, caller: &Caller, file: &File) -> Result<Option<Id>, Refusal> {
    let list = |name| {
        let text = caller.query.get(name).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .collect::<Vec<_>>()
    };
    let (added, removed) = (list("addParents"), list("removeParents"));
    let more_parents = || {
        let message = "Increasing the number of parents is not allowed";
        Refusal::forbidden("cannotAddParent", message)
    };
    let leaves = removed.iter().any(|id| {
        world
            .find(caller, id)
            .is_ok_and(|folder| Some(&folder.id) == file.parent.as_ref())
    });
    let target = match *added {
        [] if leaves => {
            let message = "A file must have at least one parent.";
            return Err(Refusal::forbidden("cannotRemoveLastParent", message));
        }
        [] => return Ok(None),
        [target] => world.find_folder(caller, target)?,
        _ => return Err(more_parents()),
    };
    if file.parent.as_ref() == Some(&target.id) {
        return Ok(None);
    }
    if !leaves {
        return Err(more_parents());
    }
    if world.is_within(target, &file.id) {
        let message = "A folder cannot be moved into itself or one of its descendants.";
        return Err(Refusal::forbidden("cyclicFolderHierarchy", message));
    }
    if file.home != target.home {
        if world.role(file, caller.person) < Some(Role::Owner) {
            return Err(Refusal::insufficient_permissions());
        }
        if file.is_folder() && target.drive_id().is_some() {
            let message = "Moving folders into shared drives is not supported.";
            return Err(Refusal::forbidden(
                "teamDrivesFolderMoveInNotSupported",
                message,
            ));
        }
    }
    Ok(Some(target.id.clone()))
}

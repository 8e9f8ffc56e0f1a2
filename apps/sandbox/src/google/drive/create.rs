//! `POST /files`: a new file. What it is made of comes from here or from an upload.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Caller, Shared};
use super::file::{Content, File, Home};
use super::ids::{Id, ROOT_ALIAS, file_id};
use super::mask::Kind;
use super::metadata::Metadata;
use super::native::{self, SHORTCUT};
use super::plant::media_type;
use super::refusal::Refusal;
use super::resource::View;
use super::world::World;
use crate::blob::Blob;
use crate::body;
use crate::identity::{Person, Provider};
use crate::simulation::Simulation;

/// A content that was uploaded.
pub(super) struct Upload {
    pub(super) blob: Blob,
    /// What the client says that it is.
    pub(super) media_type: Option<String>,
}

/// A folder, a shortcut, an empty file or document.
pub(super) async fn with_metadata(
    simulation: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let body = body::small(payload).await?;
    let caller = Caller::writing(&simulation, &request)?;
    caller.should_support_all_drives(&simulation);
    caller.should_name_fields(&simulation);
    let mask = caller.mask(Kind::File)?;
    let metadata = Metadata::parse(&body)?;
    let mut world = simulation.drive.world();
    let id = create(&simulation, &mut world, &caller, &metadata, None)?;
    let view = View {
        world: &world,
        caller: &caller,
        origin: &simulation.origin,
    };
    let file = world.find(&caller, &id)?;
    Ok(HttpResponse::Ok().json(view.file(file, &mask)))
}

/// Makes a file, and says which.
pub(super) fn create(
    simulation: &Simulation,
    world: &mut World,
    caller: &Caller,
    metadata: &Metadata,
    upload: Option<Upload>,
) -> Result<Id, Refusal> {
    let size = upload.as_ref().map_or(0, |upload| upload.blob.size());
    let (parent, home) = check(simulation, world, caller, metadata, size)?;
    let content = content(simulation, world, caller, metadata, upload)?;
    let id = match &metadata.id {
        Some(id) => id.as_str().into(),
        None => file_id(&simulation.drive.random),
    };
    let now = simulation.clock.now();
    let name = metadata.name.as_deref().unwrap_or("Untitled");
    let place = (Some(parent), home);
    let mut file = File::new(id, name, content, place, (caller.person, now));
    file.is_made_by_app = true;
    metadata.apply(&mut file, now);
    if metadata.trashed == Some(true) {
        file.trashed = Some(now);
    }
    Ok(world.insert(file, now))
}

/// Where a new file of this size goes, unless it cannot be.
pub(super) fn check(
    simulation: &Simulation,
    world: &World,
    caller: &Caller,
    metadata: &Metadata,
    size: u64,
) -> Result<(Id, Home), Refusal> {
    let parents = metadata.parents.as_deref().unwrap_or_default();
    let parent = match parents {
        [] => ROOT_ALIAS,
        [parent] => parent,
        _ => {
            let message = "A file cannot be created with more than one parent.";
            return Err(Refusal::bad_request("invalid", message));
        }
    };
    let parent = world.find_folder(caller, parent)?;
    if let Some(id) = &metadata.id {
        check_id(world, id, metadata.mime_type.as_deref().unwrap_or_default())?;
    }
    if let Home::Own(owner) = parent.home {
        check_quota(simulation, world, owner, size)?;
    }
    Ok((parent.id.clone(), parent.home.clone()))
}

/// Whether an id that the client brings was given out and is not in use.
fn check_id(world: &World, id: &str, mime_type: &str) -> Result<(), Refusal> {
    if world.get(id).is_some() {
        let message = "A file already exists with the provided ID.";
        return Err(Refusal::new(StatusCode::CONFLICT, "fileIdInUse", message));
    }
    let ids = match mime_type {
        SHORTCUT => &world.ids_for_shortcuts,
        native::FOLDER => &world.ids_for_files,
        mime_type if native::is_native(mime_type) => {
            let message = "Generated IDs are not supported for Docs Editors formats.";
            return Err(Refusal::forbidden("insufficientFilePermissions", message));
        }
        _ => &world.ids_for_files,
    };
    let is_usable = ids.contains(id);
    is_usable.then_some(()).ok_or_else(|| {
        let message = "The provided file ID is not usable.";
        Refusal::bad_request("invalid", message)
    })
}

/// Whether a person has room for so many bytes more.
pub(super) fn check_quota(
    simulation: &Simulation,
    world: &World,
    owner: &'static Person,
    more_bytes: u64,
) -> Result<(), Refusal> {
    let limit = simulation.quotas.limit(Provider::Google, owner);
    // What takes no room can always be made.
    let fits = more_bytes == 0 || world.used(owner).saturating_add(more_bytes) <= limit;
    fits.then_some(()).ok_or_else(Refusal::quota_exceeded)
}

/// What a new file is made of, and of which type it is.
fn content(
    simulation: &Simulation,
    world: &World,
    caller: &Caller,
    metadata: &Metadata,
    upload: Option<Upload>,
) -> Result<(String, Content), Refusal> {
    let said = metadata.mime_type.as_deref();
    if said == Some(SHORTCUT) {
        return shortcut(world, caller, metadata);
    }
    if let Some(mime_type) = said
        && native::is_native(mime_type)
    {
        let content = match mime_type {
            native::FOLDER => Content::Folder,
            _ => Content::Native {
                exported_bytes: None,
            },
        };
        return Ok((mime_type.to_owned(), content));
    }
    let (blob, uploaded_as) = match upload {
        Some(upload) => (upload.blob, upload.media_type),
        None => (Blob::fixed(b""), None),
    };
    let guessed = || media_type(metadata.name.as_deref().unwrap_or_default());
    let mime_type = said.map(str::to_owned).or(uploaded_as);
    let revision = revision(simulation);
    let content = Content::Bytes { blob, revision };
    Ok((mime_type.unwrap_or_else(|| guessed().to_owned()), content))
}

/// The name of a new version of a content.
pub(super) fn revision(simulation: &Simulation) -> String {
    simulation.drive.random.text("0B", 40)
}

fn shortcut(
    world: &World,
    caller: &Caller,
    metadata: &Metadata,
) -> Result<(String, Content), Refusal> {
    let details = metadata.shortcut_details.as_ref();
    let target = details.and_then(|details| details.target_id.as_deref());
    let target = target.ok_or_else(|| {
        let message = "A shortcut must have a target.";
        Refusal::bad_request("shortcutTargetRequired", message)
    })?;
    let target = world.find(caller, target)?;
    let content = Content::Shortcut {
        target: target.id.clone(),
        target_mime_type: target.mime_type.clone(),
    };
    Ok((SHORTCUT.to_owned(), content))
}

//! `GET /changes`, `GET /changes/startPageToken`: what happened since.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/changes/list>

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::caller::{Caller, Shared};
use super::change::Change;
use super::mask::{Kind, Mask};
use super::members::Members;
use super::refusal::Refusal;
use super::resource::View;
use super::time::written;

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 1000;

/// Tokens are numbers; the first change has this one.
const FIRST_TOKEN: usize = 1;

pub(super) async fn start(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.should_support_all_drives(&simulation);
    let world = simulation.drive.world();
    if let Some(id) = caller.query.get("driveId") {
        let mut drives = world.drives_of(caller.person);
        drives
            .find(|(drive, _)| &*drive.id == id)
            .ok_or_else(|| Refusal::no_drive(id))?;
    }
    let token = FIRST_TOKEN + world.changes.next();
    Ok(HttpResponse::Ok().json(json!({
        "kind": "drive#startPageToken",
        "startPageToken": token.to_string(),
    })))
}

pub(super) async fn list(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.should_support_all_drives(&simulation);
    caller.should_name_fields(&simulation);
    let mask = caller.mask(Kind::ChangeList)?;
    let size = caller.page_size(DEFAULT_PAGE, LARGEST_PAGE)?;
    let token = caller.query.get("pageToken");
    let token = token.ok_or_else(|| Refusal::required("pageToken"))?;
    let world = simulation.drive.world();
    let number = token
        .parse::<usize>()
        .ok()
        .and_then(|token| token.checked_sub(FIRST_TOKEN));
    let number = number
        .filter(|number| *number <= world.changes.next())
        .ok_or_else(|| Refusal::invalid_value("pageToken"))?;
    let with_drives = caller.is_set("includeItemsFromAllDrives") && caller.supports_all_drives();
    let drive = caller.query.get("driveId");
    let is_meant = |change: &Change| match &change.drive {
        Some(id) => with_drives && drive.is_none_or(|drive| drive == &**id),
        None => drive.is_none(),
    };
    let with_removed = caller.query.get("includeRemoved") != Some("false");
    let mut changes = world.changes.since(number).filter(|(_, change)| {
        change.audience.contains(&caller.person)
            && is_meant(change)
            && (with_removed || !change.is_removed)
    });
    let shown: Vec<_> = changes.by_ref().take(size).collect();
    let next = changes.next().map(|(number, _)| number);
    let view = View {
        world: &world,
        caller: &caller,
        origin: &simulation.origin,
    };
    let change_mask = mask.member("changes").unwrap_or_default();
    let mut members = Members::wanted(&mask);
    members.set("kind", || "drive#changeList");
    members.set("changes", || {
        let shown = shown
            .iter()
            .map(|(_, change)| resource(view, change, &change_mask));
        shown.collect::<Vec<_>>()
    });
    members.set_some("nextPageToken", || {
        next.map(|next| (FIRST_TOKEN + next).to_string())
    });
    members.set_some("newStartPageToken", || {
        let last = FIRST_TOKEN + world.changes.next();
        next.is_none().then(|| last.to_string())
    });
    Ok(HttpResponse::Ok().json(members.finish()))
}

fn resource(view: View<'_>, change: &Change, mask: &Mask) -> Value {
    let file = view.world.get(&change.file);
    let file = file.filter(|file| !change.is_removed && view.world.sees(view.caller, file));
    let mut members = Members::wanted(mask);
    members.set("kind", || "drive#change");
    members.set("type", || "file");
    members.set("changeType", || "file");
    members.set("time", || written(change.time));
    members.set("removed", || file.is_none());
    members.set("fileId", || &*change.file);
    members.set_some("driveId", || change.drive.as_deref());
    members.set_some("teamDriveId", || change.drive.as_deref());
    let file_mask = mask.member("file").unwrap_or_default();
    members.set_some("file", || file.map(|file| view.file(file, &file_mask)));
    members.finish()
}

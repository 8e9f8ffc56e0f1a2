//! `GET /drives`, `GET /drives/{id}`: the shared drives.

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::{Caller, Shared};
use super::mask::Kind;
use super::members::Members;
use super::pages::Rest;
use super::refusal::Refusal;

const DEFAULT_PAGE: usize = 10;
const LARGEST_PAGE: usize = 100;

pub(super) async fn list(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.should_name_fields(&simulation);
    let mask = caller.mask(Kind::DriveList)?;
    let size = caller.page_size(DEFAULT_PAGE, LARGEST_PAGE)?;
    let drive = &simulation.drive;
    let world = drive.world();
    let question = format!("{} drives", caller.person.email);
    let rest = match caller.query.get("pageToken") {
        Some(token) => drive.pages.find(token, &question),
        None => Some(Rest {
            found: world
                .drives_of(caller.person)
                .map(|(drive, _)| drive.id.clone())
                .collect(),
            offset: 0,
            question,
        }),
    };
    let rest = rest.ok_or_else(|| Refusal::invalid_value("pageToken"))?;
    let drive_mask = mask.member("drives").unwrap_or_default();
    let shown: Vec<_> = rest.found.iter().skip(rest.offset).take(size).collect();
    let drives = world
        .drives_of(caller.person)
        .filter(|(drive, _)| shown.contains(&&drive.id))
        .map(|(drive, role)| drive.resource(role, &drive_mask));
    let mut members = Members::wanted(&mask);
    members.set("kind", || "drive#driveList");
    members.set("drives", || drives.collect::<Vec<_>>());
    let offset = rest.offset + size;
    members.set_some("nextPageToken", || {
        let rest = Rest {
            offset,
            ..rest.clone()
        };
        (offset < rest.found.len()).then(|| drive.pages.keep(&drive.random, rest))
    });
    Ok(HttpResponse::Ok().json(members.finish()))
}

pub(super) async fn get(
    simulation: Shared,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.should_name_fields(&simulation);
    let mask = caller.mask(Kind::Drive)?;
    let world = simulation.drive.world();
    let drive = world
        .drives_of(caller.person)
        .find(|(drive, _)| *drive.id == **id);
    let (drive, role) = drive.ok_or_else(|| Refusal::no_drive(&id))?;
    Ok(HttpResponse::Ok().json(drive.resource(role, &mask)))
}

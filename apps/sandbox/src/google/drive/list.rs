//! `GET /files`: the files that meet a query, page by page.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list>

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::caller::{Caller, Shared};
use super::file::File;
use super::ids::{Id, ROOT_ALIAS};
use super::mask::{Kind, Mask};
use super::members::Members;
use super::order::Order;
use super::pages::Rest;
use super::plant;
use super::query::Query;
use super::refusal::Refusal;
use super::resource::View;
use super::world::World;
use crate::simulation::Simulation;

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 1000;

/// Which files a listing looks at.
enum Corpus {
    /// The caller's own Drive and what others shared, and shared drives if so asked.
    User { with_drives: bool },
    /// One shared drive.
    Drive(Id),
}

pub(super) async fn list(
    simulation: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let caller = Caller::of(&simulation, &request)?;
    caller.should_support_all_drives(&simulation);
    caller.should_name_fields(&simulation);
    let size = caller.page_size(DEFAULT_PAGE, LARGEST_PAGE)?;
    let order = match caller.query.get("orderBy") {
        None => Order::newest_first(),
        Some(text) => Order::parse(text).ok_or_else(|| Refusal::invalid_value("orderBy"))?,
    };
    let query = match caller.query.get("q") {
        None => Query::everything(),
        Some(text) => Query::parse(text).ok_or_else(|| Refusal::invalid_value("q"))?,
    };
    let spaces = caller.query.get("spaces").unwrap_or("drive");
    if !spaces
        .split(',')
        .all(|space| ["drive", "appDataFolder", "photos"].contains(&space))
    {
        return Err(Refusal::invalid_value("spaces"));
    }
    let mut world = simulation.drive.world();
    plant::fixtures(&mut world, &simulation.drive.random, query.folder());
    let corpus = Corpus::of(&world, &caller)?;
    let question = question(&caller);
    let rest = match caller.query.get("pageToken") {
        Some(token) => {
            let rest = simulation.drive.pages.find(token, &question);
            rest.ok_or_else(|| Refusal::invalid_value("pageToken"))?
        }
        None => Rest {
            found: find(&world, &caller, &corpus, &query, &order)?,
            offset: 0,
            question,
        },
    };
    let mask = caller.mask(Kind::FileList)?;
    Ok(HttpResponse::Ok().json(page(&simulation, &world, &caller, &mask, rest, size)))
}

/// All that a page token belongs to.
fn question(caller: &Caller) -> String {
    let names = [
        "q",
        "orderBy",
        "corpora",
        "driveId",
        "spaces",
        "includeItemsFromAllDrives",
    ];
    let values = names.map(|name| caller.query.get(name).unwrap_or_default());
    format!("{} {values:?}", caller.person.email)
}

impl Corpus {
    fn of(world: &World, caller: &Caller) -> Result<Self, Refusal> {
        let with_drives = caller.is_set("includeItemsFromAllDrives");
        let (corpora, drive) = (caller.query.get("corpora"), caller.query.get("driveId"));
        match (corpora.unwrap_or("user"), drive) {
            ("drive", Some(id)) => {
                let mut drives = world.drives_of(caller.person);
                let drive = drives.find(|(drive, _)| &*drive.id == id);
                let (drive, _) = drive.ok_or_else(|| Refusal::no_drive(id))?;
                if !with_drives || !caller.supports_all_drives() {
                    let message = "The includeItemsFromAllDrives and supportsAllDrives parameters must \
                                   be set to true when corpora is set to drive.";
                    return Err(Refusal::forbidden(
                        "teamDrivesIncludeItemsRequired",
                        message,
                    ));
                }
                Ok(Self::Drive(drive.id.clone()))
            }
            ("user" | "domain" | "allDrives", None) => Ok(Self::User {
                with_drives: with_drives && caller.supports_all_drives(),
            }),
            ("user" | "domain" | "allDrives" | "drive", _) => {
                let message = "The driveId parameter must be specified if and only if corpora is set to \
                               drive.";
                Err(Refusal::invalid_parameter("driveId", message.to_owned()))
            }
            _ => Err(Refusal::invalid_value("corpora")),
        }
    }

    fn has(&self, file: &File) -> bool {
        match self {
            Self::User { with_drives } => *with_drives || file.drive_id().is_none(),
            Self::Drive(id) => file.drive_id() == Some(id),
        }
    }
}

/// The ids of all that the listing finds, in order.
fn find(
    world: &World,
    caller: &Caller,
    corpus: &Corpus,
    query: &Query,
    order: &Order,
) -> Result<Arc<[Id]>, Refusal> {
    for folder in query.folders() {
        let folder = match folder {
            ROOT_ALIAS => world.top(caller.person),
            folder => world.get(folder),
        };
        if !folder.is_some_and(|folder| world.sees(caller, folder)) {
            return Err(Refusal::no_file(""));
        }
    }
    let is_found = |file: &&File| {
        file.parent.is_some()
            && corpus.has(file)
            && world.sees(caller, file)
            && query.is_met(world, caller, file)
    };
    let folder = query.folder().map(|folder| match folder {
        ROOT_ALIAS => world.top(caller.person).map_or(folder, |top| &*top.id),
        folder => folder,
    });
    let mut found: Vec<&File> = match folder {
        Some(folder) => world.children(folder).filter(is_found).collect(),
        None => world.files().filter(is_found).collect(),
    };
    found.sort_by(|left, right| order.compare(left, right));
    Ok(found.into_iter().map(|file| file.id.clone()).collect())
}

/// The next so many of what was found; those that are gone by now are left out.
fn page(
    simulation: &Simulation,
    world: &World,
    caller: &Caller,
    mask: &Mask,
    rest: Rest,
    size: usize,
) -> Value {
    let view = View {
        world,
        caller,
        origin: &simulation.origin,
    };
    let file_mask = mask.member("files").unwrap_or_default();
    let shown = rest.found.iter().skip(rest.offset).take(size);
    let files = shown
        .filter_map(|id| world.get(id))
        .map(|file| view.file(file, &file_mask));
    let mut members = Members::wanted(mask);
    members.set("kind", || "drive#fileList");
    members.set("incompleteSearch", || false);
    members.set("files", || files.collect::<Vec<_>>());
    let offset = rest.offset + size;
    members.set_some("nextPageToken", || {
        let drive = &simulation.drive;
        let rest = Rest { offset, ..rest };
        (offset < rest.found.len()).then(|| drive.pages.keep(&drive.random, rest))
    });
    members.finish()
}

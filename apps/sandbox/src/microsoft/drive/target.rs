//! The file that an upload is for, whichever way its bytes come.

use actix_web::http::StatusCode;

use super::answer::Call;
use super::conflict::{Conflict, Place};
use super::item::{Content, Id, Item};
use super::name;
use super::refusal::Refusal;
use super::tree::Drive;
use crate::blob::Blob;
use crate::simulation::Simulation;

/// The file.
pub(super) enum Target {
    /// The one of this id.
    Known(Id),
    /// One of this name, in the folder that other names lead to from an item. Folders on the way that are
    /// not there are made.
    Named {
        start: Id,
        folders: Vec<String>,
        name: String,
        conflict: Conflict,
    },
}

impl Target {
    /// The file at a request's address, if the version that is there is the one that the client names.
    pub(super) fn of(call: &Call<'_>, conflict: Conflict) -> Result<Self, Refusal> {
        let mut drives = call.simulation.onedrive.drives(call.simulation);
        let drive = call.drive(&mut drives)?;
        if let Ok(item) = drive.find(&call.item) {
            call.check_if_match(drive, item)?;
        }
        let start = call.item.id.as_deref().unwrap_or(drive.root());
        let start = drive.get(start).ok_or_else(Refusal::not_found)?.id.clone();
        Ok(match call.item.names.split_last() {
            None => Self::Known(start),
            Some((name, folders)) => Self::Named {
                start,
                folders: folders.to_vec(),
                name: name.clone(),
                conflict,
            },
        })
    }

    /// Refuses what would be refused in the end, before its bytes are sent.
    pub(super) fn check(
        &self,
        simulation: &Simulation,
        drive: &Drive,
        size: u64,
    ) -> Result<(), Refusal> {
        self.replaced(drive)?;
        self.check_room(simulation, drive, size)
    }

    /// Refuses a content that there is no room for; whether the name is free is another matter.
    pub(super) fn check_room(
        &self,
        simulation: &Simulation,
        drive: &Drive,
        size: u64,
    ) -> Result<(), Refusal> {
        let freed = self.replaced(drive).ok().flatten().map_or(0, Item::size);
        drive.check_room(simulation, size.saturating_sub(freed))
    }

    /// The file that gets another content, if it is one that is there.
    fn replaced<'d>(&self, drive: &'d Drive) -> Result<Option<&'d Item>, Refusal> {
        let (name, conflict) = match self {
            Self::Known(id) => return file(drive, id).map(Some),
            Self::Named { name, conflict, .. } => (name, conflict),
        };
        let Some(folder) = self.folder(drive)? else {
            return Ok(None);
        };
        match conflict.place(drive, &folder, name, false, None)? {
            Place::Free(_) => Ok(None),
            Place::Taken(id) => file(drive, &id).map(Some),
        }
    }

    /// The name that the file has or gets.
    pub(super) fn name<'n>(&'n self, drive: &'n Drive) -> &'n str {
        match self {
            Self::Known(id) => drive.get(id).map_or("", |item| &item.name),
            Self::Named { name, .. } => name,
        }
    }

    /// Gives the file its content. Says which it is, and by a status whether it is new.
    pub(super) fn complete(
        &self,
        simulation: &Simulation,
        drive: &mut Drive,
        blob: Blob,
    ) -> Result<(Id, StatusCode), Refusal> {
        // What was free at the start may be taken by now.
        self.check(simulation, drive, blob.size())?;
        let now = simulation.clock.now();
        let (start, folders, name, conflict) = match self {
            Self::Known(id) => {
                drive.set_content(id, blob, now);
                return Ok((id.clone(), StatusCode::OK));
            }
            Self::Named {
                start,
                folders,
                name,
                conflict,
            } => (start, folders, name, conflict),
        };
        let mut folder = start.clone();
        for name in folders {
            folder = match drive.child(&folder, name) {
                Some(item) => item.id.clone(),
                None => drive.insert(&folder, name, Content::Folder { size: 0 }, now),
            };
        }
        Ok(match conflict.place(drive, &folder, name, false, None)? {
            Place::Free(name) => {
                let id = drive.insert(&folder, &name, Content::Bytes(blob), now);
                (id, StatusCode::CREATED)
            }
            Place::Taken(id) => {
                drive.set_content(&id, blob, now);
                (id, StatusCode::OK)
            }
        })
    }

    /// The folder that the file is or will be in; `None` if that has to be made first.
    fn folder(&self, drive: &Drive) -> Result<Option<Id>, Refusal> {
        let Self::Named {
            start,
            folders,
            name,
            ..
        } = self
        else {
            return Ok(None);
        };
        let start = drive.get(start).ok_or_else(Refusal::not_found)?;
        let mut folder = Some(start);
        for name in folders {
            name::check(name)?;
            folder = folder.and_then(|folder| drive.child(&folder.id, name));
            if folder.is_some_and(|item| !item.is_folder()) {
                return Err(Refusal::name_taken());
            }
        }
        name::check(name)?;
        let names = folders.iter().chain([name]).map(|name| &**name);
        name::check_path(drive.path(start).into_iter().chain(names))?;
        Ok(folder.map(|folder| folder.id.clone()))
    }
}

/// The item of this id, which has to be a file.
fn file<'d>(drive: &'d Drive, id: &str) -> Result<&'d Item, Refusal> {
    let item = drive.get(id).ok_or_else(Refusal::not_found)?;
    if item.is_folder() {
        return Err(Refusal::invalid_request("A folder has no content."));
    }
    Ok(item)
}

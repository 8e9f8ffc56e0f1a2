//! What becomes of an item whose name is taken.
//! <https://learn.microsoft.com/graph/api/resources/driveitem#instance-attributes>

use super::item::Id;
use super::name;
use super::refusal::Refusal;
use super::tree::Drive;

/// The attribute that says so.
pub(super) const ATTRIBUTE: &str = "@microsoft.graph.conflictBehavior";

/// What is to become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    Fail,
    Replace,
    Rename,
}

/// Where an item goes.
pub(super) enum Place {
    /// There, under this name, which is free.
    Free(String),
    /// Over this item.
    Taken(Id),
}

impl Conflict {
    /// What a client says; `default` if it says nothing.
    pub(super) fn parse(text: Option<&str>, default: Self) -> Result<Self, Refusal> {
        match text {
            None => Ok(default),
            Some("fail") => Ok(Self::Fail),
            Some("replace") => Ok(Self::Replace),
            Some("rename") => Ok(Self::Rename),
            Some(_) => Err(Refusal::invalid_request(
                "The conflict behavior is not one of fail, replace and rename.",
            )),
        }
    }

    /// Where an item of this name goes in a folder; `itself` is no obstacle.
    pub(super) fn place(
        self,
        drive: &Drive,
        folder: &Id,
        wanted: &str,
        is_folder: bool,
        itself: Option<&Id>,
    ) -> Result<Place, Refusal> {
        name::check(wanted)?;
        let around = drive.get(folder).ok_or_else(Refusal::not_found)?;
        name::check_path(drive.path(around).into_iter().chain([wanted]))?;
        let taken = drive.child(folder, wanted);
        let taken = taken.filter(|item| Some(&item.id) != itself);
        match (self, taken) {
            (_, None) => Ok(Place::Free(wanted.to_owned())),
            (Self::Replace, Some(item)) if item.is_folder() == is_folder => {
                Ok(Place::Taken(item.id.clone()))
            }
            (Self::Rename, Some(_)) => Ok(Place::Free(free_name(drive, folder, wanted, is_folder))),
            (_, Some(_)) => Err(Refusal::name_taken()),
        }
    }
}

/// The name with the first number behind it that makes it free.
fn free_name(drive: &Drive, folder: &Id, wanted: &str, is_folder: bool) -> String {
    let dot = wanted.rfind('.').filter(|dot| *dot > 0 && !is_folder);
    let (stem, ending) = wanted.split_at(dot.unwrap_or(wanted.len()));
    let mut names = (1_u64..).map(|number| format!("{stem} {number}{ending}"));
    let free = names.find(|name| drive.child(folder, name).is_none());
    free.unwrap_or_default()
}

//! Who may do what with a file.

use super::caller::Caller;
use super::file::{File, Home};
use super::ids::{Id, ROOT_ALIAS};
use super::refusal::Refusal;
use super::shared_drive::{Role, SharedDrive};
use super::world::World;
use crate::identity::Person;

impl World {
    /// What a person may do with a file; `None` for those who may not even see it.
    pub(super) fn role(&self, file: &File, person: &Person) -> Option<Role> {
        match &file.home {
            Home::Own(owner) if *owner == person => Some(Role::Owner),
            Home::Own(_) => {
                let shares = self.upwards(file).flat_map(|file| &file.shares);
                let own = shares.filter(|(other, _)| *other == person);
                own.map(|(_, role)| *role).max()
            }
            Home::Shared(id) => self
                .drives
                .iter()
                .find(|drive| drive.id == *id)?
                .role(person),
        }
    }

    /// Whether the application sees a file when it asks for this person.
    pub(super) fn sees(&self, caller: &Caller, file: &File) -> bool {
        let is_given = !caller.is_confined || file.is_made_by_app || file.parent.is_none();
        is_given && self.role(file, caller.person).is_some()
    }

    /// The file of this id, or the caller's top folder, as far as the caller sees it.
    pub(super) fn find(&self, caller: &Caller, id: &str) -> Result<&File, Refusal> {
        let file = match id {
            ROOT_ALIAS => self.top(caller.person),
            id => self.get(id),
        };
        file.filter(|file| self.sees(caller, file))
            .filter(|file| file.drive_id().is_none() || caller.supports_all_drives())
            .ok_or_else(|| Refusal::no_file(id))
    }

    /// The same, if the caller may do as much as this with it. Top folders cannot be changed.
    pub(super) fn find_for(
        &self,
        caller: &Caller,
        id: &str,
        least: Role,
    ) -> Result<&File, Refusal> {
        let file = self.find(caller, id)?;
        let role = self.role(file, caller.person);
        let is_enough = role >= Some(least) && file.parent.is_some();
        is_enough
            .then_some(file)
            .ok_or_else(Refusal::insufficient_permissions)
    }

    /// A folder that the caller may put something into.
    pub(super) fn find_folder(&self, caller: &Caller, id: &str) -> Result<&File, Refusal> {
        let folder = self.find(caller, id)?;
        if !folder.is_folder() {
            let message = "The specified parent is not a folder.";
            return Err(Refusal::forbidden("parentNotAFolder", message));
        }
        let may_write = self.role(folder, caller.person) >= Some(Role::Writer);
        may_write
            .then_some(folder)
            .ok_or_else(Refusal::insufficient_permissions)
    }

    /// The shared drives of a person, and what that person may do in them.
    pub(super) fn drives_of(
        &self,
        person: &'static Person,
    ) -> impl Iterator<Item = (&SharedDrive, Role)> {
        let drives = self.drives.iter();
        drives.filter_map(move |drive| Some((drive, drive.role(person)?)))
    }

    /// The folders that a person gets to see a file in: one, or none for what somebody else shared alone.
    pub(super) fn seen_parents(&self, caller: &Caller, file: &File) -> Vec<Id> {
        let parent = file.parent.as_ref().and_then(|parent| self.get(parent));
        let seen = parent.filter(|parent| self.sees(caller, parent));
        seen.map(|parent| parent.id.clone()).into_iter().collect()
    }

    /// Everyone who may see a file in somebody's own Drive.
    pub(super) fn shared_with(&self, file: &File) -> Vec<&'static Person> {
        let shares = self.upwards(file).flat_map(|file| &file.shares);
        let mut people: Vec<_> = shares.map(|(person, _)| *person).collect();
        people.dedup();
        people
    }
}

//! All files of everyone, and the tree that they are in. Knows the rules of the tree, and nobody's rights.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::iter;
use std::time::SystemTime;

use super::change::Changes;
use super::file::{File, Home};
use super::ids::Id;
use super::shared_drive::SharedDrive;
use crate::fixture::Fixture;
use crate::identity::Person;

/// The simulated Drive's whole state.
#[derive(Default)]
pub(super) struct World {
    files: HashMap<Id, File>,
    /// The files in each folder, in the order in which they came into being.
    children: HashMap<Id, BTreeMap<u64, Id>>,
    /// The top folder of each person's own Drive, by e-mail address.
    tops: HashMap<&'static str, Id>,
    pub(super) drives: Vec<SharedDrive>,
    pub(super) changes: Changes,
    /// How many bytes each person has stored, by e-mail address.
    used: HashMap<&'static str, u64>,
    /// Ids that were given out for files that do not exist yet, and for shortcuts.
    pub(super) ids_for_files: HashSet<Id>,
    pub(super) ids_for_shortcuts: HashSet<Id>,
    last_sequence: u64,
    /// The folders whose files are planted when somebody looks.
    unplanted: Vec<(Id, &'static Fixture)>,
}

impl World {
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn get(&self, id: &str) -> Option<&File> {
        self.files.get(id)
    }

    /// The top folder of a person's own Drive.
    pub(super) fn top(&self, person: &Person) -> Option<&File> {
        self.get(self.tops.get(person.email)?)
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    /// What is in a folder, in the order in which it came into being.
    pub(super) fn children(&self, folder: &str) -> impl Iterator<Item = &File> {
        let ids = self
            .children
            .get(folder)
            .into_iter()
            .flat_map(BTreeMap::values);
        ids.filter_map(|id| self.files.get(id))
    }

    /// The file itself, its folder, the folder's folder, up to the top.
    pub(super) fn upwards<'w>(&'w self, file: &'w File) -> impl Iterator<Item = &'w File> {
        iter::successors(Some(file), |file| self.get(file.parent.as_ref()?))
    }

    /// Whether it is in the trash, by itself or with a folder around it.
    pub(super) fn is_trashed(&self, file: &File) -> bool {
        self.upwards(file).any(|file| file.trashed.is_some())
    }

    /// How many bytes a person has stored in all, and how many of them are in the trash.
    pub(super) fn usage(&self, person: &Person) -> (u64, u64) {
        let own = self.files().filter(|file| file.owner() == Some(person));
        let trashed = own.filter(|file| self.is_trashed(file));
        let planted: u64 = trashed.map(File::quota_bytes).sum();
        let unplanted =
            self.unplanted_bytes(|file| file.owner() == Some(person) && self.is_trashed(file));
        (self.used(person), planted + unplanted)
    }

    /// How many bytes a person has stored in all.
    pub(super) fn used(&self, person: &Person) -> u64 {
        let planted = self.used.get(person.email).copied().unwrap_or_default();
        planted + self.unplanted_bytes(|file| file.owner() == Some(person))
    }

    /// How large those files are that are not planted yet, in the folders that are meant.
    fn unplanted_bytes(&self, is_meant: impl Fn(&File) -> bool) -> u64 {
        let unplanted = self.unplanted.iter();
        let meant = unplanted.filter(|(folder, _)| self.get(folder).is_some_and(&is_meant));
        meant.map(|(_, fixture)| fixture.bytes).sum()
    }

    /// Notes that a folder has more in it than is there yet.
    pub(super) fn plant_later(&mut self, folder: Id, fixture: &'static Fixture) {
        self.unplanted.push((folder, fixture));
    }

    /// What is to be planted before somebody looks into this folder, or into any.
    pub(super) fn take_unplanted(&mut self, folder: Option<&str>) -> Vec<(Id, &'static Fixture)> {
        let is_due = |(id, _): &mut (Id, _)| folder.is_none_or(|folder| folder == &**id);
        self.unplanted.extract_if(.., is_due).collect()
    }

    /// Adds a file, which the log of changes does not tell.
    pub(super) fn plant(&mut self, mut file: File) -> Id {
        self.last_sequence += 1;
        file.sequence = self.last_sequence;
        match (&file.parent, &file.home) {
            (Some(parent), _) => {
                let siblings = self.children.entry(parent.clone()).or_default();
                siblings.insert(file.sequence, file.id.clone());
            }
            (None, Home::Own(person)) => {
                self.tops.insert(person.email, file.id.clone());
            }
            (None, Home::Shared(_)) => {}
        }
        self.count(&file, 1);
        let id = file.id.clone();
        self.files.insert(id.clone(), file);
        id
    }

    /// Adds a file.
    pub(super) fn insert(&mut self, file: File, now: SystemTime) -> Id {
        self.ids_for_files.remove(&file.id);
        self.ids_for_shortcuts.remove(&file.id);
        let id = self.plant(file);
        self.note_change(&id, now);
        id
    }

    /// Changes a file's own members; its place in the tree is changed by [`Self::move_to`].
    pub(super) fn change<T>(
        &mut self,
        id: &str,
        now: SystemTime,
        change: impl FnOnce(&mut File) -> T,
    ) -> Option<T> {
        let mut file = self.files.remove(id)?;
        self.count(&file, -1);
        let outcome = change(&mut file);
        self.count(&file, 1);
        self.files.insert(file.id.clone(), file);
        self.note_change(id, now);
        Some(outcome)
    }

    /// Puts a file into another folder; its home, and that of all beneath it, becomes the folder's.
    pub(super) fn move_to(&mut self, id: &str, folder: &Id, now: SystemTime) {
        let Some(home) = self.get(folder).map(|folder| folder.home.clone()) else {
            return;
        };
        let Some(file) = self.files.get_mut(id) else {
            return;
        };
        let (id, sequence) = (file.id.clone(), file.sequence);
        let old = file.parent.replace(folder.clone());
        if let Some(siblings) = old.and_then(|old| self.children.get_mut(&old)) {
            siblings.remove(&sequence);
        }
        let siblings = self.children.entry(folder.clone()).or_default();
        siblings.insert(sequence, id.clone());
        for id in self.beneath(&id) {
            self.rehome(&id, &home);
        }
        self.note_change(&id, now);
    }

    fn rehome(&mut self, id: &str, home: &Home) {
        let Some(mut file) = self.files.remove(id) else {
            return;
        };
        self.count(&file, -1);
        file.home = home.clone();
        self.count(&file, 1);
        self.files.insert(file.id.clone(), file);
    }

    /// Removes a file and everything beneath it.
    pub(super) fn remove(&mut self, id: &str, now: SystemTime) {
        for id in self.beneath(id) {
            self.note_removal(&id, now);
            let Some(file) = self.files.remove(&id) else {
                continue;
            };
            self.count(&file, -1);
            self.children.remove(&id);
            let siblings = file
                .parent
                .and_then(|parent| self.children.get_mut(&parent));
            if let Some(siblings) = siblings {
                siblings.remove(&file.sequence);
            }
        }
    }

    /// The ids of a file and of everything beneath it.
    fn beneath(&self, id: &str) -> Vec<Id> {
        let mut found: Vec<Id> = self
            .get(id)
            .map(|file| file.id.clone())
            .into_iter()
            .collect();
        let mut done = 0;
        while let Some(id) = found.get(done).cloned() {
            found.extend(self.children(&id).map(|child| child.id.clone()));
            done += 1;
        }
        found
    }

    /// Whether `file` is the folder or somewhere beneath it.
    pub(super) fn is_within(&self, file: &File, folder: &str) -> bool {
        self.upwards(file).any(|file| &*file.id == folder)
    }

    fn count(&mut self, file: &File, sign: i8) {
        let Some(owner) = file.owner() else {
            return;
        };
        let used = self.used.entry(owner.email).or_default();
        *used = if sign < 0 {
            used.saturating_sub(file.quota_bytes())
        } else {
            used.saturating_add(file.quota_bytes())
        };
    }

    fn note_change(&mut self, id: &str, now: SystemTime) {
        if let Some(file) = self.files.get(id) {
            let audience = self.audience(file);
            self.changes.note(file, audience, false, now);
        }
    }

    fn note_removal(&mut self, id: &str, now: SystemTime) {
        if let Some(file) = self.files.get(id) {
            let audience = self.audience(file);
            self.changes.note(file, audience, true, now);
        }
    }

    /// Who gets to know of a change.
    fn audience(&self, file: &File) -> Vec<&'static Person> {
        match &file.home {
            Home::Own(owner) => {
                let shared = self.upwards(file).flat_map(|file| &file.shares);
                let shared = shared.map(|(person, _)| *person);
                iter::once(*owner).chain(shared).collect()
            }
            Home::Shared(id) => {
                let drive = self.drives.iter().find(|drive| drive.id == *id);
                let members = drive.map(|drive| drive.members.iter());
                let members = members.into_iter().flatten();
                members.map(|(person, _)| *person).collect()
            }
        }
    }
}

//! The log of changes, for those who follow a Drive.
//! <https://developers.google.com/workspace/drive/api/guides/manage-changes>

use std::collections::HashMap;
use std::time::SystemTime;

use super::file::File;
use super::ids::Id;
use crate::identity::Person;

/// What happened to a file.
#[derive(Clone)]
pub(super) struct Change {
    pub(super) file: Id,
    pub(super) drive: Option<Id>,
    pub(super) is_removed: bool,
    pub(super) time: SystemTime,
    /// Who gets to know of it.
    pub(super) audience: Vec<&'static Person>,
}

/// What happened, oldest first.
#[derive(Default)]
pub(super) struct Changes {
    entries: Vec<Change>,
    /// The number of the latest change of each file.
    latest: HashMap<Id, usize>,
}

impl Changes {
    pub(super) fn note(
        &mut self,
        file: &File,
        audience: Vec<&'static Person>,
        is_removed: bool,
        time: SystemTime,
    ) {
        self.latest.insert(file.id.clone(), self.entries.len());
        self.entries.push(Change {
            file: file.id.clone(),
            drive: file.drive_id().cloned(),
            is_removed,
            time,
            audience,
        });
    }

    /// The number of the next change.
    pub(super) fn next(&self) -> usize {
        self.entries.len()
    }

    /// From this number on, the latest change of each file that changed.
    pub(super) fn since(&self, number: usize) -> impl Iterator<Item = (usize, &Change)> {
        let numbered = self.entries.iter().enumerate().skip(number);
        numbered.filter(|(number, change)| self.latest.get(&change.file) == Some(number))
    }
}

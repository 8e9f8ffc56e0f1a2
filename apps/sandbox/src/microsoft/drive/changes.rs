//! What changed in a drive, for those who follow it by `delta`. Each item is listed once, where it changed
//! last.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use super::item::{Id, Item};

/// The latest change of every item, oldest first.
#[derive(Default)]
pub(super) struct Changes {
    by_number: BTreeMap<u64, Change>,
    number_of: HashMap<Id, u64>,
    last: u64,
}

/// What happened to an item.
pub(super) enum Change {
    /// It came into being, or is otherwise than before.
    Changed(Id),
    Removed(Gone),
}

/// What is still told of an item that is gone.
pub(super) struct Gone {
    pub(super) id: Id,
    pub(super) name: String,
    pub(super) parent: Option<Id>,
    pub(super) is_folder: bool,
}

impl Changes {
    pub(super) fn note(&mut self, id: &Id) {
        self.add(id, Change::Changed(id.clone()));
    }

    pub(super) fn note_removal(&mut self, item: &Item) {
        let gone = Gone {
            id: item.id.clone(),
            name: item.name.clone(),
            parent: item.parent.clone(),
            is_folder: item.is_folder(),
        };
        self.add(&item.id, Change::Removed(gone));
    }

    /// The number of the latest change.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// The changes behind this number.
    pub(super) fn since(&self, number: u64) -> impl Iterator<Item = (u64, &Change)> {
        let range = (Bound::Excluded(number), Bound::Unbounded);
        let changes = self.by_number.range(range);
        changes.map(|(number, change)| (*number, change))
    }

    fn add(&mut self, id: &Id, change: Change) {
        self.last += 1;
        if let Some(before) = self.number_of.insert(id.clone(), self.last) {
            self.by_number.remove(&before);
        }
        self.by_number.insert(self.last, change);
    }
}

//! A user's trash bin: what was deleted, and from where.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::numbers::FileId;
use super::tree::Tree;
use crate::clock::unix_secs;

/// What is in the bin, by the names there.
#[derive(Debug, Default)]
pub(super) struct Trash {
    items: BTreeMap<String, Trashed>,
}

/// Something that was deleted. Its node is detached from the tree.
#[derive(Clone, Debug)]
pub(super) struct Trashed {
    pub(super) id: FileId,
    pub(super) original_location: String,
    /// Seconds since 1970.
    pub(super) deleted_secs: u64,
}

impl Trash {
    /// What is in it.
    pub(super) fn items(&self) -> impl Iterator<Item = (&String, &Trashed)> {
        self.items.iter()
    }

    /// What has this name there.
    pub(super) fn get(&self, name: &str) -> Option<&Trashed> {
        self.items.get(name)
    }

    /// Moves a node from the tree into the bin. Its name there ends with the time, which is put forward
    /// where that name is taken.
    pub(super) fn throw(&mut self, tree: &mut Tree, id: FileId, now: SystemTime) {
        let Some(node) = tree.node(id) else { return };
        let (name, original_location) = (node.name.clone(), tree.path(node));
        let mut deleted_secs = unix_secs(now);
        while self.items.contains_key(&format!("{name}.d{deleted_secs}")) {
            deleted_secs += 1;
        }
        tree.detach(id, now);
        let trashed = Trashed {
            id,
            original_location,
            deleted_secs,
        };
        self.items
            .insert(format!("{name}.d{deleted_secs}"), trashed);
    }

    /// Deletes one for good; says whether it was there.
    pub(super) fn remove(&mut self, tree: &mut Tree, name: &str) -> bool {
        let removed = self.items.remove(name);
        removed.map(|trashed| tree.purge(trashed.id)).is_some()
    }

    /// Deletes all for good.
    pub(super) fn empty(&mut self, tree: &mut Tree) {
        for trashed in std::mem::take(&mut self.items).into_values() {
            tree.purge(trashed.id);
        }
    }
}

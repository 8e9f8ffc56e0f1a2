//! The recycle bin of a drive. Graph has no listing of it for clients; tests ask the sandbox.

use std::time::SystemTime;

use serde::Serialize;

use super::item::Item;
use crate::clock::unix_ms;

/// An item in the recycle bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecycledItem {
    /// The id that it had.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many bytes it has, or everything beneath it.
    pub size_bytes: u64,
    /// When it was deleted, by the sandbox's clock, in milliseconds since 1970.
    pub deleted_ms: u64,
}

/// What was deleted, oldest first. What was beneath a deleted folder is not listed by itself.
#[derive(Default)]
pub(super) struct Bin {
    items: Vec<RecycledItem>,
}

impl Bin {
    pub(super) fn take(&mut self, item: &Item, now: SystemTime) {
        self.items.push(RecycledItem {
            id: item.id.to_string(),
            name: item.name.clone(),
            size_bytes: item.size(),
            deleted_ms: unix_ms(now),
        });
    }

    pub(super) fn items(&self) -> &[RecycledItem] {
        &self.items
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> u64 {
        self.items.iter().map(|item| item.size_bytes).sum()
    }
}

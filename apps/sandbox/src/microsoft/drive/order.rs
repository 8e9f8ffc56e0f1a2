//! `$orderby`: in which order what is in a folder comes.

use super::caller::Caller;
use super::item::Item;
use super::kind::Kind;
use super::refusal::Refusal;
use crate::clock::unix_ms;

/// By what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Name,
    Size,
    Modified,
}

/// An order. Items that are the same in it come by name.
#[derive(Clone, Copy)]
pub(super) struct Order {
    key: Key,
    pub(super) is_descending: bool,
}

/// An item's place in an order: what it is sorted by, and its folded name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) value: u64,
    pub(super) name: String,
}

impl Order {
    /// What the client asks for: by name, if it does not say.
    pub(super) fn of(caller: &Caller, kind: Kind) -> Result<Self, Refusal> {
        let text = caller.query.get("$orderby").unwrap_or("name");
        let (name, direction) = text.trim().split_once(' ').unwrap_or((text.trim(), "asc"));
        // SharePoint sorts what it has an index for.
        let key = match (name, kind) {
            ("name", _) => Some(Key::Name),
            ("size", Kind::Personal) => Some(Key::Size),
            ("lastModifiedDateTime", Kind::Personal) => Some(Key::Modified),
            _ => None,
        };
        let is_descending = match direction.trim() {
            "asc" => Some(false),
            "desc" => Some(true),
            _ => None,
        };
        match (key, is_descending) {
            (Some(key), Some(is_descending)) => Ok(Self { key, is_descending }),
            _ => Err(Refusal::invalid_request("Unsupported sort expression.")),
        }
    }

    /// Whether it is the order in which a folder keeps its items.
    pub(super) fn is_natural(self) -> bool {
        self.key == Key::Name && !self.is_descending
    }

    /// Where an item of this folded name comes.
    pub(super) fn place(self, name: &str, item: &Item) -> Place {
        let value = match self.key {
            Key::Name => 0,
            Key::Size => item.size(),
            Key::Modified => unix_ms(item.modified),
        };
        Place {
            value,
            name: name.to_owned(),
        }
    }

    /// Whether one place comes behind another.
    pub(super) fn is_behind(self, place: &Place, other: &Place) -> bool {
        if self.is_descending {
            place < other
        } else {
            place > other
        }
    }
}

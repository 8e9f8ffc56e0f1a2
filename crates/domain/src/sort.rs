//! The orders in which a folder's items can be asked for. Folders always come first.

use std::cmp::{Ordering, Reverse};

use crate::item::Item;

/// What items are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// The name, byte by byte.
    #[default]
    Name,
    /// The size; items without one come last.
    Size,
    /// The time of the last change; items without one come last.
    Modified,
}

/// Up or down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first.
    #[default]
    Ascending,
    /// The largest first.
    Descending,
}

/// An order of a folder's items: folders first, then by `by`. What is equal in that is ordered by name
/// and then by id, ascending, so that there is one order only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// What items are sorted by.
    pub by: SortBy,
    /// Up or down.
    pub direction: Direction,
}

impl Sort {
    /// The stable name: cursors are bound to it.
    pub const fn as_str(self) -> &'static str {
        match (self.by, self.direction) {
            (SortBy::Name, Direction::Ascending) => "name",
            (SortBy::Name, Direction::Descending) => "-name",
            (SortBy::Size, Direction::Ascending) => "size",
            (SortBy::Size, Direction::Descending) => "-size",
            (SortBy::Modified, Direction::Ascending) => "modified",
            (SortBy::Modified, Direction::Descending) => "-modified",
        }
    }

    /// How two items stand to each other in this order.
    pub fn compare(self, a: &Item, b: &Item) -> Ordering {
        let direction = self.direction;
        let wanted = match self.by {
            SortBy::Name => direct(direction, &a.name, &b.name),
            SortBy::Size => known_first(direction, a.size_bytes, b.size_bytes),
            SortBy::Modified => known_first(direction, a.modified_at, b.modified_at),
        };
        a.kind
            .cmp(&b.kind)
            .then(wanted)
            .then_with(|| a.name.cmp(&b.name))
            .then_with(|| a.id.item().cmp(b.id.item()))
    }
}

fn direct<T: Ord>(direction: Direction, a: T, b: T) -> Ordering {
    match direction {
        Direction::Ascending => a.cmp(&b),
        Direction::Descending => Reverse(a).cmp(&Reverse(b)),
    }
}

fn known_first<T: Ord>(direction: Direction, a: Option<T>, b: Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => direct(direction, a, b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{ItemId, ItemKind};
    use crate::listing::Listing;
    use crate::time::Timestamp;

    fn file(name: &str, size_bytes: Option<u64>, modified: Option<i64>) -> Item {
        Item {
            id: ItemId::new(name).unwrap(),
            name: name.to_owned(),
            kind: ItemKind::File,
            size_bytes,
            modified_at: modified.map(Timestamp::from_unix_seconds),
            etag: None,
            content_type: None,
            export_formats: Vec::new(),
        }
    }

    fn folder(name: &str, modified: Option<i64>) -> Item {
        Item {
            kind: ItemKind::Folder,
            ..file(name, None, modified)
        }
    }

    fn sorted(by: SortBy, direction: Direction) -> Vec<String> {
        let items = vec![
            file("b", Some(2), Some(10)),
            file("unknown", None, None),
            file("a", Some(2), Some(30)),
            folder("Z", Some(5)),
            file("c", Some(10), Some(20)),
            folder("Y", None),
        ];
        let listing = Listing::new(items, 0);
        let positions = listing.positions(Sort { by, direction }, 0..6);
        let items = positions.iter().map(|position| &listing.items()[*position]);
        items.map(|item| item.name.clone()).collect()
    }

    #[test]
    fn folders_come_first_whatever_the_order() {
        use Direction::{Ascending, Descending};
        for (by, direction, expected) in [
            (SortBy::Name, Ascending, "Y Z a b c unknown"),
            (SortBy::Name, Descending, "Z Y unknown c b a"),
            (SortBy::Size, Ascending, "Y Z a b c unknown"),
            (SortBy::Size, Descending, "Y Z c a b unknown"),
            (SortBy::Modified, Ascending, "Z Y b c a unknown"),
            (SortBy::Modified, Descending, "Z Y a c b unknown"),
        ] {
            assert_eq!(
                sorted(by, direction).join(" "),
                expected,
                "{by:?} {direction:?}"
            );
        }
    }

    #[test]
    fn equal_names_are_told_apart_by_id() {
        let mut other = file("same", None, None);
        other.id = ItemId::new("other").unwrap();
        let same = file("same", None, None);
        for direction in [Direction::Ascending, Direction::Descending] {
            let sort = Sort {
                by: SortBy::Name,
                direction,
            };
            assert_eq!(sort.compare(&other, &same), Ordering::Less);
        }
    }
}

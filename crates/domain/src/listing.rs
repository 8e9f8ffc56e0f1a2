//! A folder's content as it was read once.

use std::ops::Range;

use crate::item::{Item, ItemKind};
use crate::sort::Sort;

/// The items of a folder: folders first, then by name; sorted so that two readings of an unchanged
/// folder are equal and pages can be cut from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    items: Vec<Item>,
    skipped: u32,
    fingerprint: u64,
}

impl Listing {
    /// The most items that a listing holds.
    pub const MAX_ITEMS: usize = 100_000;

    /// A listing of these items, with the number of entries that the storage named but that could not be used.
    pub fn new(mut items: Vec<Item>, skipped: u32) -> Self {
        items.sort_by(|a, b| Sort::default().compare(a, b));
        let fingerprint = fingerprint(&items);
        Self {
            items,
            skipped,
            fingerprint,
        }
    }

    /// The items in order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// How many entries were left out because they could not be used: they named another server or
    /// a place outside the folder, or their id would be too long.
    pub const fn skipped(&self) -> u32 {
        self.skipped
    }

    /// A number that changes when an item comes, goes or changes.
    pub const fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Where the items lie in [`items`](Self::items) that a page has in this order: those from
    /// `page.start` to `page.end`, or to the last one.
    pub fn positions(&self, sort: Sort, page: Range<usize>) -> Vec<usize> {
        let all = 0..self.items.len();
        let wanted = page.end.saturating_sub(page.start);
        if sort == Sort::default() {
            return all.skip(page.start).take(wanted).collect();
        }
        let mut items: Vec<(usize, &Item)> = self.items.iter().enumerate().collect();
        items.sort_unstable_by(|(_, a), (_, b)| sort.compare(a, b));
        let items = items.into_iter().skip(page.start).take(wanted);
        items.map(|(position, _)| position).collect()
    }
}

/// Whatever decides the place of an item, or tells that it changed, is part of the fingerprint.
fn fingerprint(items: &[Item]) -> u64 {
    let numbers: Vec<[u8; 18]> = items.iter().map(numbers).collect();
    let parts = items.iter().zip(&numbers).flat_map(|(item, numbers)| {
        let tag = item.etag.as_ref().map_or("", |tag| tag.as_str());
        let media_type = item.content_type.as_deref().unwrap_or_default();
        let texts = [
            item.id.item(),
            item.name.as_bytes(),
            tag.as_bytes(),
            media_type.as_bytes(),
        ];
        texts.into_iter().chain([&numbers[..]])
    });
    crate::page::fingerprint(parts)
}

/// An item's size and time of change, which of them are known, and whether it is a folder.
fn numbers(item: &Item) -> [u8; 18] {
    let size = item.size_bytes.unwrap_or_default();
    let modified = item.modified_at.map_or(0, |at| at.as_unix_micros());
    let known = u8::from(item.size_bytes.is_some()) | u8::from(item.modified_at.is_some()) << 1;
    let mut bytes = [known; 18];
    bytes[1..9].copy_from_slice(&size.to_be_bytes());
    bytes[9..17].copy_from_slice(&modified.to_be_bytes());
    bytes[17] = u8::from(item.kind == ItemKind::Folder);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ItemId;
    use crate::sort::SortBy;
    use crate::time::Timestamp;

    fn item(name: &str, kind: ItemKind) -> Item {
        Item {
            id: ItemId::new(name).unwrap(),
            name: name.to_owned(),
            kind,
            size_bytes: None,
            modified_at: None,
            etag: None,
            content_type: None,
            export_formats: Vec::new(),
        }
    }

    #[test]
    fn folders_come_first_and_order_of_arrival_does_not_matter() {
        let (a, b, z) = (
            item("a", ItemKind::File),
            item("b", ItemKind::File),
            item("z", ItemKind::Folder),
        );
        let one = Listing::new(vec![b.clone(), z.clone(), a.clone()], 0);
        let other = Listing::new(vec![a.clone(), b.clone(), z.clone()], 0);

        assert_eq!(one, other);
        assert_eq!(one.items(), [z.clone(), a.clone(), b]);
        assert_ne!(one.fingerprint(), Listing::new(vec![a, z], 0).fingerprint());
    }

    #[test]
    fn a_changed_item_changes_the_fingerprint() {
        let before = item("a", ItemKind::File);
        let changes = [
            Item {
                etag: Some("\"2\"".parse().unwrap()),
                ..before.clone()
            },
            Item {
                name: "b".to_owned(),
                ..before.clone()
            },
            Item {
                size_bytes: Some(0),
                ..before.clone()
            },
            Item {
                modified_at: Some(Timestamp::from_unix_micros(0)),
                ..before.clone()
            },
            Item {
                kind: ItemKind::Folder,
                ..before.clone()
            },
            Item {
                content_type: Some("text/plain".to_owned()),
                ..before.clone()
            },
        ];
        let fingerprint = |item: Item| Listing::new(vec![item], 0).fingerprint();
        let before = fingerprint(before);
        for after in changes {
            assert_ne!(fingerprint(after.clone()), before, "{after:?}");
        }
    }

    #[test]
    fn a_page_beyond_the_end_is_empty() {
        let listing = Listing::new(vec![item("a", ItemKind::File)], 0);
        let by_size = Sort {
            by: SortBy::Size,
            ..Sort::default()
        };
        for sort in [Sort::default(), by_size] {
            assert_eq!(listing.positions(sort, 0..9), [0]);
            assert!(listing.positions(sort, 1..9).is_empty());
            assert!(listing.positions(sort, 0..0).is_empty());
        }
    }
}

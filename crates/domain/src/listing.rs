//! A folder's content as it was read once.

use crate::item::Item;

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
        items.sort_by(|a, b| (a.kind, &a.name, a.id.item()).cmp(&(b.kind, &b.name, b.id.item())));
        let fingerprint = crate::page::fingerprint(items.iter().flat_map(|item| {
            [
                item.id.item(),
                item.etag
                    .as_ref()
                    .map_or(&[][..], |tag| tag.as_str().as_bytes()),
            ]
        }));
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{ItemId, ItemKind};

    fn item(name: &str, kind: ItemKind) -> Item {
        Item {
            id: ItemId::new(name).unwrap(),
            name: name.to_owned(),
            kind,
            size_bytes: None,
            modified_at: None,
            etag: None,
            content_type: None,
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
    fn a_changed_content_changes_the_fingerprint() {
        let mut changed = item("a", ItemKind::File);
        changed.etag = Some("\"2\"".parse().unwrap());
        let (before, after) = (
            Listing::new(vec![item("a", ItemKind::File)], 0),
            Listing::new(vec![changed], 0),
        );
        assert_ne!(before.fingerprint(), after.fingerprint());
    }
}

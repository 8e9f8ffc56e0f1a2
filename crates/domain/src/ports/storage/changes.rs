//! How storages are changed, and what they say has become of it.

use crate::entity_tag::EntityTag;
use crate::item::{Item, ItemId, ItemName};
use crate::verification::Verification;

/// A content that a storage keeps now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The item that holds it.
    pub item: Item,
    /// What is known of what the storage keeps.
    pub verification: Verification,
}

impl Written {
    /// What is kept where the storage tells nothing but the size.
    pub const fn by_size(item: Item) -> Self {
        Self {
            item,
            verification: Verification::SizeOnly,
        }
    }
}

/// What a deletion did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The item is gone for good, as far as the storage tells.
    Deleted,
    /// The item lies in the account's bin, where its owner finds it.
    Trashed,
}

impl Removal {
    /// The stable name: it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Trashed => "trashed",
        }
    }
}

/// What to do if the name is taken already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameConflict {
    /// Refuse with [`StorageErrorKind::AlreadyExists`](super::StorageErrorKind::AlreadyExists).
    Fail,
    /// Take the name with the lowest free number ([`ItemName::numbered`]), from 2 to 100.
    Number,
}

impl NameConflict {
    /// The highest number tried.
    pub const MAX_NUMBER: u32 = 100;

    /// The names to try, in order.
    pub fn candidates(self, name: &ItemName) -> impl Iterator<Item = ItemName> {
        let last = match self {
            Self::Fail => 1,
            Self::Number => Self::MAX_NUMBER,
        };
        std::iter::once(name.clone()).chain((2..=last).map(|number| name.numbered(number)))
    }
}

/// Where an item, or a copy of it, goes.
///
/// Only the storage knows where an item lies, so what is not named here stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Into which folder; `None` is the one that the item lies in.
    pub folder: Option<ItemId>,
    /// Under which name; `None` is the one that the item has.
    pub name: Option<ItemName>,
    /// What to do if the name is taken there.
    pub conflict: NameConflict,
}

/// What a file must still be for its content to be replaced (RFC 9110, section 13.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplaceGuard {
    /// Any file, as long as there is one.
    Exists,
    /// The file with one of these validators; a file without one is none of them.
    Matches(Vec<EntityTag>),
}

impl ReplaceGuard {
    /// Whether a file with this validator is the one.
    ///
    /// Weak and strong tags are compared alike, against the section's own rule: Apache calls the tag of
    /// a fresh file weak and the same tag strong two seconds later.
    pub fn is_met_by(&self, etag: Option<&EntityTag>) -> bool {
        match (self, etag) {
            (Self::Exists, _) => true,
            (Self::Matches(tags), Some(etag)) => tags.iter().any(|tag| tag.is_same_weakly(etag)),
            (Self::Matches(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_validator_is_none_that_was_expected() {
        let tag = |text: &str| -> EntityTag { text.parse().unwrap() };
        let guard = ReplaceGuard::Matches(vec![tag("\"0\""), tag("W/\"1\"")]);
        assert!(guard.is_met_by(Some(&tag("\"1\""))));
        assert!(!guard.is_met_by(Some(&tag("\"2\""))));
        assert!(!guard.is_met_by(None));
        assert!(ReplaceGuard::Exists.is_met_by(None));
    }

    #[test]
    fn a_taken_name_is_numbered_up_to_a_hundred() {
        let name: ItemName = "a.txt".parse().unwrap();
        let names = |conflict: NameConflict| {
            conflict
                .candidates(&name)
                .map(|n| n.as_str().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(NameConflict::Fail), ["a.txt"]);
        let numbered = names(NameConflict::Number);
        assert_eq!(numbered.len(), 100);
        assert_eq!(numbered[1], "a (2).txt");
        assert_eq!(numbered[99], "a (100).txt");
    }
}

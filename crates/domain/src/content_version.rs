//! What a storage tells of one version of a content, and which versions may be the same. It knows no
//! storage and no HTTP.

use crate::entity_tag::EntityTag;
use crate::time::Timestamp;

/// What a storage tells of one version of a content; it may tell nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentVersion {
    /// The size in bytes.
    pub size_bytes: Option<u64>,
    /// The content's validator.
    pub etag: Option<EntityTag>,
    /// When the content last changed.
    pub modified_at: Option<Timestamp>,
}

impl ContentVersion {
    /// Whether both can be the same content: their sizes agree, and so does a mark that both have.
    ///
    /// One mark is enough, for servers change them without a reason: Apache's entity tags turn from
    /// weak to strong, others are made anew when a volume moves.
    pub fn may_be(&self, other: &Self) -> bool {
        let sizes = agreement(self.size_bytes.as_ref(), other.size_bytes.as_ref());
        let etags = agreement(
            self.etag.as_ref().map(EntityTag::opaque).as_ref(),
            other.etag.as_ref().map(EntityTag::opaque).as_ref(),
        );
        let times = agreement(self.modified_at.as_ref(), other.modified_at.as_ref());
        let marks = etags.into_iter().chain(times);
        sizes != Some(false) && (marks.clone().count() == 0 || marks.into_iter().any(|agree| agree))
    }
}

/// Whether two things agree; `None` if one of them is not known.
fn agreement<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> Option<bool> {
    Some(one? == other?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_with_a_common_mark_may_be_the_same() {
        let version = |size: u64, etag: Option<&str>, seconds: Option<i64>| ContentVersion {
            size_bytes: Some(size),
            etag: etag.map(|tag| tag.parse().unwrap()),
            modified_at: seconds.map(Timestamp::from_unix_seconds),
        };
        let stored = version(3, Some("W/\"a\""), Some(7));
        for same in [
            version(3, Some("\"a\""), Some(7)),
            version(3, Some("\"a\""), Some(8)),
            version(3, Some("\"b\""), Some(7)),
            version(3, None, Some(7)),
            version(3, None, None),
            ContentVersion::default(),
        ] {
            assert!(stored.may_be(&same), "{same:?}");
        }
        for other in [
            version(4, Some("\"a\""), Some(7)),
            version(3, Some("\"b\""), Some(8)),
            version(3, Some("\"b\""), None),
            version(3, None, Some(8)),
        ] {
            assert!(!stored.may_be(&other), "{other:?}");
        }
    }
}

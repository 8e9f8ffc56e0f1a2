//! Where an item lies beneath the endpoint: decoded segments. It knows no URL and no server.

use std::borrow::Cow;

use wharf_domain::item::ItemId;

/// The most segments that a path may have (I-01).
const MAX_SEGMENTS: usize = 64;

/// An item's path beneath the endpoint; the top folder's is empty.
///
/// It is the item's id: the bytes of the segments, each decoded once and kept as they are, joined by
/// slashes, with none at either end. A folder's path ends without a slash too, so that an item has one
/// id whichever way a server spells its hrefs. No segment is empty, `.` or `..`, or holds a slash or
/// control character (I-02); the id's own limit keeps the path below 4096 bytes (I-01).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ItemPath(ItemId);

impl ItemPath {
    /// The top folder.
    pub(crate) const fn root() -> Self {
        Self(ItemId::root())
    }

    /// The path that an id names; `None` if no item of ours has such an id, for anybody can make one up.
    pub(crate) fn of(id: &ItemId) -> Option<Self> {
        let path = Self(id.clone());
        let is_sound = path.segments().all(is_segment) && path.segments().count() <= MAX_SEGMENTS;
        is_sound.then_some(path)
    }

    /// The path of the child with this name; `None` if it is no segment or the path grows too long.
    pub(crate) fn child(&self, name: &[u8]) -> Option<Self> {
        if !is_segment(name) || self.segments().count() == MAX_SEGMENTS {
            return None;
        }
        let folder = self.0.item();
        let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
        path.extend_from_slice(folder);
        if !folder.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        ItemId::new(path).ok().map(Self)
    }

    /// The path of the folder in which the item lies; `None` for the top folder.
    pub(crate) fn parent(&self) -> Option<Self> {
        let path = self.0.item();
        match path.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => ItemId::new(path.get(..slash)?).ok().map(Self),
            None => (!self.is_root()).then(Self::root),
        }
    }

    /// Whether this is `other` or lies anywhere below it.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        let mut segments = self.segments();
        other
            .segments()
            .all(|segment| segments.next() == Some(segment))
    }

    /// The decoded segments from the top downwards.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &[u8]> {
        let path = self.0.item();
        path.split(|byte| *byte == b'/')
            .filter(move |_| !path.is_empty())
    }

    /// The item's own name as far as it is text; empty for the top folder.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.segments().last().unwrap_or_default())
    }

    /// Whether this is the top folder.
    pub(crate) fn is_root(&self) -> bool {
        self.0.is_root()
    }

    /// The item's id.
    pub(crate) fn into_id(self) -> ItemId {
        self.0
    }
}

/// Whether these decoded bytes may stand as one segment of a path (I-02).
pub(crate) fn is_segment(bytes: &[u8]) -> bool {
    !matches!(bytes, b"" | b"." | b"..")
        && !bytes
            .iter()
            .any(|byte| *byte == b'/' || byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Option<ItemPath> {
        ItemPath::of(&ItemId::new(text).unwrap())
    }

    // I-02
    #[test]
    fn an_id_that_leaves_the_endpoint_names_nothing() {
        for text in [
            "/", "/a", "a/", "a//b", ".", "..", "a/../b", "../etc", "a\0", "a\n", "a/\u{7f}",
        ] {
            assert!(path(text).is_none(), "{text:?}");
        }
        for text in ["a", "...", "a b/%2e%2e", "ü/\u{1f600}", "a\\..\\b"] {
            assert!(path(text).is_some(), "{text:?}");
        }
    }

    // I-01
    #[test]
    fn a_path_has_64_segments_at_most() {
        let deepest = path(&["a"; 64].join("/")).unwrap();
        assert!(deepest.child(b"b").is_none());
        assert!(path(&["a"; 65].join("/")).is_none());
        assert!(path(&["a"; 63].join("/")).unwrap().child(b"b").is_some());
    }

    #[test]
    fn a_child_lies_below_its_folder() {
        let folder = ItemPath::root().child(b"Ordner").unwrap();
        let file = folder.child("\u{fc}.txt".as_bytes()).unwrap();
        assert_eq!(file.name(), "\u{fc}.txt");
        assert_eq!(file.into_id().item(), "Ordner/\u{fc}.txt".as_bytes());
        assert!(folder.child(b"..").is_none());
        assert!(folder.child(b"a/b").is_none());
        assert!(folder.child(&[b'a'; 1600]).is_none());
    }

    #[test]
    fn a_parent_is_one_segment_shorter() {
        let parent = |text: &str| path(text).unwrap().parent().unwrap().into_id();
        assert_eq!(parent("a/b c/d").item(), b"a/b c");
        assert!(parent("a").is_root());
        assert!(ItemPath::root().parent().is_none());
    }

    #[test]
    fn what_lies_within_a_folder_is_told_by_whole_segments() {
        let folder = path("a/b").unwrap();
        for within in ["a/b", "a/b/c", "a/b/c/d"] {
            assert!(path(within).unwrap().is_within(&folder), "{within}");
        }
        for beside in ["a", "a/bc", "a/c", "b", "A/b"] {
            assert!(!path(beside).unwrap().is_within(&folder), "{beside}");
        }
        assert!(folder.is_within(&ItemPath::root()));
        assert!(!ItemPath::root().is_within(&folder));
    }

    #[test]
    fn the_top_folder_has_no_segment_and_no_name() {
        assert_eq!(ItemPath::root().segments().count(), 0);
        assert_eq!(ItemPath::root().name(), "");
    }
}

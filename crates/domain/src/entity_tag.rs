//! Entity tags (RFC 9110, section 8.8.3): what tells one content from another. They know no storage.

use std::str::FromStr;

use crate::document::Sha256Digest;

/// An entity tag (RFC 9110, section 8.8.3), kept as it came: opaque, visible ASCII, weak and strong
/// apart, 1 KiB at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntityTag(String);

impl EntityTag {
    const MAX_BYTES: usize = 1024;

    /// The tag as it stands in a header, quotes and `W/` included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it promises only equivalent contents, not the same bytes.
    pub fn is_weak(&self) -> bool {
        self.0.starts_with("W/")
    }

    /// The strong comparison of RFC 9110, section 8.8.3.2: both strong, and the same.
    pub fn is_same_strongly(&self, other: &Self) -> bool {
        !self.is_weak() && self == other
    }

    /// The weak comparison of RFC 9110, section 8.8.3.2: the same but for the weakness.
    pub fn is_same_weakly(&self, other: &Self) -> bool {
        self.opaque() == other.opaque()
    }

    /// The tag without its `W/`.
    pub(crate) fn opaque(&self) -> &str {
        self.0.strip_prefix("W/").unwrap_or(&self.0)
    }
}

impl From<Sha256Digest> for EntityTag {
    /// The tag of a content with this digest: a strong one.
    fn from(digest: Sha256Digest) -> Self {
        Self(format!("\"{digest}\""))
    }
}

/// A text that is no entity tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid entity tag")]
pub struct InvalidEntityTag;

impl FromStr for EntityTag {
    type Err = InvalidEntityTag;

    fn from_str(text: &str) -> Result<Self, InvalidEntityTag> {
        let opaque = text
            .strip_prefix("W/")
            .unwrap_or(text)
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .ok_or(InvalidEntityTag)?;
        let visible = opaque.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        if visible && text.len() <= Self::MAX_BYTES {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEntityTag)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The table of RFC 9110, section 8.8.3.2.
    #[test]
    fn entity_tags_are_compared_strongly_or_weakly() {
        for (one, other, strongly, weakly) in [
            ("W/\"1\"", "W/\"1\"", false, true),
            ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ] {
            let (one, other): (EntityTag, EntityTag) =
                (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!(one.is_same_strongly(&other), strongly, "{one:?} {other:?}");
            assert_eq!(one.is_same_weakly(&other), weakly, "{one:?} {other:?}");
            assert_eq!(other.is_same_weakly(&one), weakly, "{one:?} {other:?}");
        }
    }

    #[test]
    fn entity_tags_are_opaque_but_visible() {
        for tag in ["\"\"", "\"abc\"", "W/\"5f-61\"", "\"a,b\""] {
            assert_eq!(tag.parse::<EntityTag>().unwrap().as_str(), tag);
        }
        for text in [
            "",
            "abc",
            "\"",
            "w/\"a\"",
            "\"a\"b\"",
            "\"a b\"",
            "\"a\r\n\"",
            "\"ü\"",
        ] {
            assert!(text.parse::<EntityTag>().is_err(), "{text:?}");
        }
        assert!(
            format!("\"{}\"", "a".repeat(1023))
                .parse::<EntityTag>()
                .is_err()
        );
    }
}

//! The names that the house's storage keeps. They are keys that Wharf makes, not names that people type.

use wharf_domain::item::{ItemId, ItemName};

/// The longest key, in bytes.
const MAX_BYTES: usize = 128;

/// A name in the house: ASCII letters, digits, `.`, `_` and `-`, not beginning with a dot, 128 bytes at
/// most. It is safe as one segment of a path or object key, and never that of an upload under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// The key that an id names; `None` if no item of the house has such an id.
    pub(crate) fn of(id: &ItemId) -> Option<Self> {
        str::from_utf8(id.item()).ok().and_then(Self::new)
    }

    /// The key for a new item; `None` if the house does not keep such a name.
    pub(crate) fn named(name: &ItemName) -> Option<Self> {
        Self::new(name.as_str())
    }

    /// The text, if it is a key.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let is_key = (1..=MAX_BYTES).contains(&text.len())
            && !text.starts_with('.')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        is_key.then(|| Self(text.to_owned()))
    }

    /// The key as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_safe_in_any_path() {
        for text in ["a", "0195f0a2-7c3e.bin", "A_b-c..d", &"x".repeat(128)] {
            assert!(Key::new(text).is_some(), "{text}");
        }
        for text in [
            "",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a b",
            "\u{fc}",
            "a%2Fb",
            "a#1",
            &"x".repeat(129),
        ] {
            assert_eq!(Key::new(text), None, "{text}");
        }
    }
}

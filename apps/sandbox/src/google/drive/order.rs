//! `orderBy`: in which order a listing comes.

use std::cmp::Ordering;

use super::file::File;

/// What files are sorted by, the most important first.
pub(super) struct Order(Vec<(Key, bool)>);

#[derive(Clone, Copy)]
enum Key {
    Created,
    /// Folders first.
    Folder,
    Modified,
    Name,
    NaturalName,
    QuotaBytes,
    Starred,
}

impl Order {
    /// Reads a list of keys, each with ` desc` behind it or not; `None` if one is unknown.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let keys = text.split(',').map(|part| {
            let mut words = part.split_whitespace();
            let key = match words.next()? {
                "createdTime" => Key::Created,
                "folder" => Key::Folder,
                "modifiedByMeTime" | "modifiedTime" | "recency" => Key::Modified,
                "name" => Key::Name,
                "name_natural" => Key::NaturalName,
                "quotaBytesUsed" => Key::QuotaBytes,
                "starred" => Key::Starred,
                _ => return None,
            };
            match (words.next(), words.next()) {
                (None, _) => Some((key, false)),
                (Some("desc"), None) => Some((key, true)),
                _ => None,
            }
        });
        keys.collect::<Option<_>>().map(Self)
    }

    /// Without keys: the newest first.
    pub(super) fn newest_first() -> Self {
        Self(Vec::new())
    }

    /// What is equal by all keys comes the newest first.
    pub(super) fn compare(&self, left: &File, right: &File) -> Ordering {
        let by_keys = self.0.iter().map(|(key, is_descending)| {
            let ordering = key.compare(left, right);
            if *is_descending {
                ordering.reverse()
            } else {
                ordering
            }
        });
        by_keys
            .fold(Ordering::Equal, Ordering::then)
            .then_with(|| right.sequence.cmp(&left.sequence))
    }
}

impl Key {
    fn compare(self, left: &File, right: &File) -> Ordering {
        match self {
            Self::Created => left.created.cmp(&right.created),
            Self::Folder => right.is_folder().cmp(&left.is_folder()),
            Self::Modified => left.modified.cmp(&right.modified),
            Self::Name => folded(left).cmp(folded(right)),
            Self::NaturalName => natural(&left.name).cmp(&natural(&right.name)),
            Self::QuotaBytes => left.quota_bytes().cmp(&right.quota_bytes()),
            Self::Starred => right.starred.cmp(&left.starred),
        }
    }
}

/// A name without the difference of upper and lower case.
fn folded(file: &File) -> impl Iterator<Item = char> {
    file.name.chars().flat_map(char::to_lowercase)
}

/// The parts of a name, so that 2 comes before 12.
fn natural(name: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = vec![(0, String::new())];
    for letter in name.chars().flat_map(char::to_lowercase) {
        let digit = letter.to_digit(10);
        if let Some((number, text)) = parts.last_mut() {
            match digit {
                Some(digit) if text.is_empty() => {
                    *number = number.saturating_mul(10).saturating_add(digit.into());
                }
                Some(digit) => parts.push((digit.into(), String::new())),
                None => text.push(letter),
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_keys_are_read() {
        for text in [
            "name",
            "folder,name_natural",
            "folder, modifiedTime desc,name desc",
        ] {
            assert!(Order::parse(text).is_some(), "{text}");
        }
        for text in ["", "size", "name asc", "name desc desc", "name,,folder"] {
            assert!(Order::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn natural_order_counts() {
        let mut names = ["a12", "a2", "a1", "b", "a"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["a", "a1", "a2", "a12", "b"]);
    }
}

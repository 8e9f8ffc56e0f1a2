//! One condition of a query.

use std::time::SystemTime;

use super::super::caller::Caller;
use super::super::file::File;
use super::super::ids::ROOT_ALIAS;
use super::super::world::World;

/// A condition.
#[derive(Debug, PartialEq)]
pub(in super::super) enum Term {
    /// `'…' in parents`
    In(String),
    /// `'…' in owners`
    OwnedBy(String),
    NameContains(String),
    NameIs(String),
    TypeContains(String),
    TypeIs(String),
    Modified(Comparison, SystemTime),
    Created(Comparison, SystemTime),
    Trashed,
    Starred,
    SharedWithMe,
}

/// How two times are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) enum Comparison {
    Before,
    Until,
    At,
    Since,
    After,
}

impl Comparison {
    fn holds(self, left: SystemTime, right: SystemTime) -> bool {
        match self {
            Self::Before => left < right,
            Self::Until => left <= right,
            Self::At => left == right,
            Self::Since => left >= right,
            Self::After => left > right,
        }
    }
}

impl Term {
    pub(super) fn is_met(&self, world: &World, caller: &Caller, file: &File) -> bool {
        match self {
            Self::In(folder) => {
                let top = world.top(caller.person).map(|top| &*top.id);
                let folder = match &**folder {
                    ROOT_ALIAS => top,
                    folder => Some(folder),
                };
                folder.is_some() && file.parent.as_deref() == folder
            }
            Self::OwnedBy(who) => {
                let who = if who == "me" {
                    caller.person.email
                } else {
                    who
                };
                file.owner().is_some_and(|owner| owner.email == who)
            }
            Self::NameContains(text) => has_word(&file.name, text),
            Self::NameIs(name) => is_same(&file.name, name),
            Self::TypeContains(text) => file.mime_type.starts_with(&**text),
            Self::TypeIs(mime_type) => is_same(&file.mime_type, mime_type),
            Self::Modified(comparison, time) => comparison.holds(file.modified, *time),
            Self::Created(comparison, time) => comparison.holds(file.created, *time),
            Self::Trashed => world.is_trashed(file),
            Self::Starred => file.starred,
            Self::SharedWithMe => file.owner().is_some_and(|owner| owner != caller.person),
        }
    }
}

/// `=` does not tell upper from lower case, as rclone found out.
fn is_same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// `contains` finds what a word of the name begins with, and nothing within words.
fn has_word(name: &str, text: &str) -> bool {
    let (name, text) = (name.to_lowercase(), text.to_lowercase());
    let mut is_in_word = false;
    name.char_indices().any(|(place, letter)| {
        let was_in_word = is_in_word;
        is_in_word = letter.is_alphanumeric();
        !was_in_word
            && name
                .get(place..)
                .is_some_and(|rest| rest.starts_with(&text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_finds_the_beginnings_of_words() {
        for text in ["Hello", "hello wor", "world", "2", "(2", "ü"] {
            assert!(has_word("HelloThere hello World (2) über", text), "{text}");
        }
        for text in ["There", "ello", "orld", "3"] {
            assert!(!has_word("HelloThere hello World (2) über", text), "{text}");
        }
    }
}

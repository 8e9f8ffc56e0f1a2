//! The two kinds of drives, and how their identifiers and versions look.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::item::{Id, Item};
use crate::identity::Person;

/// What a drive is behind Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// OneDrive of a personal account.
    Personal,
    /// OneDrive of a work account, which is a SharePoint library.
    Business,
}

/// The letters of Base32 (RFC 4648).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl Kind {
    pub(super) fn of(person: &Person) -> Self {
        if person.is_consumer() {
            Self::Personal
        } else {
            Self::Business
        }
    }

    /// Graph's `driveType`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Business => "business",
        }
    }

    /// The id of the item with this number in a drive. The numbers of a drive never come twice.
    pub(super) fn id(self, drive_id: &str, number: u64) -> Id {
        match self {
            Self::Personal => format!("{drive_id}!{}", 100 + number).into(),
            Self::Business => {
                let library = base32(u128::from(number_in(drive_id)) << 96);
                let library: String = library.chars().take(6).collect();
                format!("01{library}{}", base32(unique(drive_id, number))).into()
            }
        }
    }

    /// The tag of an item's current version, with quotes where they are part of it.
    pub(super) fn e_tag(self, drive_id: &str, item: &Item) -> String {
        match self {
            Self::Personal => tag(&format!("{}.{}", item.id, item.version)),
            Self::Business => {
                let unique = guid(unique(drive_id, item.number));
                format!("\"{{{unique}}},{}\"", item.version)
            }
        }
    }

    /// The tag of an item's current content: it stays when the item is renamed or moved.
    pub(super) fn c_tag(self, drive_id: &str, item: &Item) -> String {
        match self {
            Self::Personal => tag(&format!("c:{}.{}", item.id, item.content_version)),
            Self::Business => {
                let unique = guid(unique(drive_id, item.number));
                format!("\"c:{{{unique}}},{}\"", item.content_version)
            }
        }
    }
}

/// A tag as personal drives write them.
fn tag(text: &str) -> String {
    format!("a{}", URL_SAFE_NO_PAD.encode(text))
}

/// What a work account's item is told apart by, everywhere.
fn unique(drive_id: &str, number: u64) -> u128 {
    let digest = Sha256::digest(format!("{drive_id}/{number}"));
    digest
        .iter()
        .take(16)
        .fold(0, |value, byte| value << 8 | u128::from(*byte))
}

fn number_in(text: &str) -> u32 {
    let digest = Sha256::digest(text);
    digest
        .iter()
        .take(4)
        .fold(0, |value, byte| value << 8 | u32::from(*byte))
}

fn base32(value: u128) -> String {
    let letters = (0..26).map(|place| {
        // The last letter has three bits only.
        let bits = value.checked_shr(123 - 5 * place.min(24)).unwrap_or(value);
        let bits = if place == 25 { value << 2 } else { bits };
        let letter = BASE32.get(usize::try_from(bits & 31).unwrap_or_default());
        letter.map_or('A', |letter| char::from(*letter))
    });
    letters.collect()
}

fn guid(value: u128) -> String {
    let hex = format!("{value:032X}");
    let mut text = String::with_capacity(36);
    for (place, digit) in hex.chars().enumerate() {
        if [8, 12, 16, 20].contains(&place) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_standard() {
        // Of sixteen bytes, by coreutils' base32.
        assert_eq!(base32(0), "AAAAAAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(base32(u128::MAX), "77777777777777777777777774");
        let value = u128::from_be_bytes(*b"0123456789abcdef");
        assert_eq!(base32(value), "GAYTEMZUGU3DOOBZMFRGGZDFMY");
    }

    #[test]
    fn ids_look_as_they_do_out_there() {
        assert_eq!(
            &*Kind::Personal.id("5BE09E11AB0DE002", 6),
            "5BE09E11AB0DE002!106"
        );
        let business = Kind::Business.id("b!x", 6);
        assert_eq!(business.len(), 34);
        assert!(business.starts_with("01"));
        assert_ne!(business, Kind::Business.id("b!x", 7));
        assert_eq!(business.get(..8), Kind::Business.id("b!x", 7).get(..8));
    }
}

//! The public name of a key: random, stable, and all that records and listings show of it.

use std::fmt;
use std::str::FromStr;

use crate::error::{ParseKeyIdError, RandomError};
use crate::random;

/// 128 random bits that name one key; written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(u128);

impl KeyId {
    /// Its length in a sealed record.
    pub(crate) const BYTES: usize = 16;

    const DIGITS: usize = 32;

    pub(crate) fn generate() -> Result<Self, RandomError> {
        random::array().map(Self::from_bytes)
    }

    /// The id with these sixteen bytes, as a record holds them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The sixteen bytes that a record holds.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = ParseKeyIdError;

    /// Reads the one spelling that `Display` writes, so that ids can be compared as text too.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != Self::DIGITS || !text.bytes().all(is_digit) {
            return Err(ParseKeyIdError);
        }
        u128::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| ParseKeyIdError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255];
    const TEXT: &str = "000102030405060708090a0b0c0d0eff";

    #[test]
    fn bytes_and_text_name_the_same_key() {
        let id = KeyId::from_bytes(BYTES);

        assert_eq!(id.to_string(), TEXT);
        assert_eq!(TEXT.parse(), Ok(id));
        assert_eq!(id.to_bytes(), BYTES);
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for text in [
            "",
            "000102030405060708090a0b0c0d0ef",
            "000102030405060708090a0b0c0d0eff0",
            "000102030405060708090A0B0C0D0EFF",
            "+00102030405060708090a0b0c0d0eff",
            "00010203-0405-0607-0809-0a0b0c0d",
            "é00102030405060708090a0b0c0d0ef",
        ] {
            assert_eq!(text.parse::<KeyId>(), Err(ParseKeyIdError), "{text}");
        }
    }
}

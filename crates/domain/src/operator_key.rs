//! The operator's keys, as far as rows tell of them: which there are, and which rows hold a key that one of
//! them wrapped. It knows no key and no cipher.

use std::fmt;
use std::str::FromStr;

use crate::id::{ErasureId, InvalidId, UserId};
use crate::time::Timestamp;
use crate::user::WrappedDataKey;

/// Names an operator's key; written as 32 lower-case hexadecimal digits, as in the key file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorKeyId(pub [u8; 16]);

impl fmt::Display for OperatorKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for OperatorKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OperatorKeyId({self})")
    }
}

impl FromStr for OperatorKeyId {
    type Err = InvalidId;

    /// Reads the one spelling that `Display` writes.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let number = u128::from_str_radix(text, 16).map_err(|_| InvalidId)?;
        let id = Self(number.to_be_bytes());
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(InvalidId)
        }
    }
}

/// Whose row holds a key that an operator's key wrapped. What such a row is bound to is the services'
/// business; a kind of row that comes later is a variant more, and the compiler then names what else it
/// needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// The data key of a user.
    User(UserId),
    /// What seals the credentials that an erasure still needs.
    Erasure(ErasureId),
}

/// A row that holds a wrapped key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedRow {
    /// Which row it is.
    pub holder: Holder,
    /// What it holds.
    pub wrapped: WrappedDataKey,
}

/// What is remembered of an operator's key: what shows that it is still the same, and what became of it.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub id: OperatorKeyId,
    /// A record that it alone opens.
    pub canary: Vec<u8>,
    /// When it was first known.
    pub created_at: Timestamp,
    /// Since when it wraps what is new, or when it began to.
    pub promoted_at: Option<Timestamp>,
    /// Since when nobody needs it.
    pub retired_at: Option<Timestamp>,
}

impl fmt::Debug for KnownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownKey")
            .field("id", &self.id)
            .field("promoted_at", &self.promoted_at)
            .field("retired_at", &self.retired_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        let text = "000102030405060708090a0b0c0d0eff";
        let id: OperatorKeyId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.0[15], 0xff);
        for other in [
            "",
            "0001",
            "000102030405060708090A0B0C0D0EFF",
            "+00102030405060708090a0b0c0d0eff",
            "000102030405060708090a0b0c0d0eff0",
        ] {
            assert_eq!(other.parse::<OperatorKeyId>(), Err(InvalidId), "{other}");
        }
    }
}

//! How much a user may store.

use serde::{Deserialize, Serialize};

/// A user's quota. As a number it is what Nextcloud writes: bytes, or one of three negative ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub enum Quota {
    /// So many bytes.
    Bytes(u64),
    /// −1: the free space is not computed yet; nothing is refused.
    NotComputed,
    /// −2: the free space is unknown; nothing is refused.
    Unknown,
    /// −3: there is no quota; the way accounts start.
    Unlimited,
}

impl Quota {
    /// How much is left when so much is used: bytes, or the negative number.
    pub(super) fn available(self, used: u64) -> i64 {
        match self {
            Self::Bytes(bytes) => i64::try_from(bytes.saturating_sub(used)).unwrap_or(i64::MAX),
            other => other.into(),
        }
    }

    /// The largest content that has room when so much is used; `None` if any has.
    pub(super) fn room(self, used: u64) -> Option<u64> {
        u64::try_from(self.available(used)).ok()
    }
}

impl From<i64> for Quota {
    fn from(number: i64) -> Self {
        match number {
            -1 => Self::NotComputed,
            -2 => Self::Unknown,
            bytes => u64::try_from(bytes).map_or(Self::Unlimited, Self::Bytes),
        }
    }
}

impl From<Quota> for i64 {
    fn from(quota: Quota) -> Self {
        match quota {
            Quota::Bytes(bytes) => Self::try_from(bytes).unwrap_or(Self::MAX),
            Quota::NotComputed => -1,
            Quota::Unknown => -2,
            Quota::Unlimited => -3,
        }
    }
}

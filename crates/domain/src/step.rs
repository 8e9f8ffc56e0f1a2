//! Steps: work that a change leaves behind, to be done until it is done. It knows no particular work.

use crate::id::{StepId, UserId};
use crate::time::Timestamp;

/// The least that is left behind by a change and must come about at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step's id.
    pub id: StepId,
    /// Whose it is; `None` for a step of an erasure, whose account is gone. Whoever deletes an account takes
    /// its steps along, also those that were given up.
    pub owner: Option<UserId>,
    /// What is to be done.
    pub kind: StepKind,
    /// What is needed for it, sealed: opaque bytes to everybody but the services (K-11).
    pub payload: SealedPayload,
    /// When it was left behind.
    pub created_at: Timestamp,
    /// When it is tried next. While somebody is at it, this is when their lease ends.
    pub due_at: Timestamp,
    /// When it is given up.
    pub deadline: Timestamp,
    /// How often somebody has taken it up; it also tells one lease from the next.
    pub attempts: u32,
}

/// The kinds of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// A grant is to be ended at its provider (RFC 7009).
    RevokeGrant,
    /// One storage is to be cleared of what a deleted user had there. The step has the id of the
    /// [part](crate::erasure::ErasurePart) that it is for, and an empty payload.
    ErasePart,
    /// A deletion is to be written into the ledger. The step has the id of the
    /// [erasure](crate::erasure::Erasure) that it is for, and an empty payload.
    RecordDeletion,
}

impl StepKind {
    /// Every kind that this version knows.
    pub const ALL: [Self; 3] = [Self::RevokeGrant, Self::ErasePart, Self::RecordDeletion];

    /// The stable name: it stands in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RevokeGrant => "revoke_grant",
            Self::ErasePart => "erase_part",
            Self::RecordDeletion => "record_deletion",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a step needs, sealed; nothing where its id says it all.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedPayload(pub Vec<u8>);

impl std::fmt::Debug for SealedPayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedPayload(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_round_trip_by_name() {
        for kind in StepKind::ALL {
            assert_eq!(StepKind::from_name(kind.as_str()), Some(kind));
        }
        assert_eq!(StepKind::from_name("other"), None);
    }
}

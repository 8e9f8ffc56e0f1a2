//! Steps: work that a change leaves behind, to be done until it is done. It knows no particular work.

use crate::id::{StepId, UserId};
use crate::time::Timestamp;

/// The least that is left behind by a change and must come about at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step's id.
    pub id: StepId,
    /// Whose it is. Whoever deletes the account deletes its steps first, also those that were given up.
    pub owner: UserId,
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
}

impl StepKind {
    /// Every kind that this version knows.
    pub const ALL: [Self; 1] = [Self::RevokeGrant];

    /// The stable name: it stands in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RevokeGrant => "revoke_grant",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a step needs, sealed.
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
        let kind = StepKind::RevokeGrant;
        assert_eq!(StepKind::from_name(kind.as_str()), Some(kind));
        assert_eq!(StepKind::from_name("other"), None);
    }
}

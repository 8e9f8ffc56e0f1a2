//! The audit trail: events as they are kept for good, each bound to all before it by a hash.
//!
//! What is kept is text and bytes, not [`Action`](crate::event::Action)s, so that events which a newer
//! version has written can still be read, shown and checked. How hashes are computed is not known here.

use std::fmt;

use crate::event::Resource;
use crate::id::{EventId, UserId};
use crate::time::Timestamp;

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailEvent {
    /// The event's id.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// The kind of actor ([`Actor::kind`](crate::context::Actor::kind)).
    pub actor_kind: String,
    /// The user, if one acted.
    pub actor: Option<UserId>,
    /// What was done ([`Action::name`](crate::event::Action::name)).
    pub action: String,
    /// Whether it was done or refused ([`Outcome::as_str`](crate::event::Outcome::as_str)).
    pub outcome: String,
    /// The kind of thing it was done to ([`Resource::kind`](crate::event::Resource::kind)).
    pub resource_kind: Option<String>,
    /// The id of that thing.
    pub resource: Option<[u8; 16]>,
    /// Through which request: 32 hexadecimal digits.
    pub request: String,
    /// Where the request came from.
    pub client: Option<KeptClient>,
    /// A JSON object, to the byte.
    pub metadata: String,
}

/// Where a request came from, as it is kept: it is personal where a user is known (L-08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptClient {
    /// The text of a [`ClientNetwork`](crate::context::ClientNetwork), of somebody who is no user here.
    Open(String),
    /// Sealed under a user's data key; empty where the user was gone before it could be sealed.
    Sealed(Vec<u8>),
}

impl TrailEvent {
    /// The user whom what is personal in it belongs to: who acted, or else who it was done to.
    pub fn person(&self) -> Option<UserId> {
        let is_user = self.resource_kind.as_deref() == Some(Resource::KIND_OF_USER);
        let target = self.resource.filter(|_| is_user).map(UserId::from_bytes);
        self.actor.or(target)
    }
}

/// The hash of a link: it covers the event and, through the hash before, every earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHash(pub [u8; 32]);

impl fmt::Display for ChainHash {
    /// Writes 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An event at its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its place: 1 for the first, without gaps.
    pub position: u64,
    /// The event.
    pub event: TrailEvent,
    /// The hash of this link.
    pub hash: ChainHash,
}

impl Link {
    /// The end of a chain whose last link this is.
    pub const fn head(&self) -> ChainHead {
        ChainHead {
            position: self.position,
            hash: self.hash,
        }
    }
}

/// The end of a chain: what the next link follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// How many links there are.
    pub position: u64,
    /// The hash of the last.
    pub hash: ChainHash,
}

impl ChainHead {
    /// The end of a chain without links.
    pub const START: Self = Self {
        position: 0,
        hash: ChainHash([0; 32]),
    };
}

/// A signed statement that the chain was so long, and ended in this hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// What the chain ended in.
    pub head: ChainHead,
    /// When it was signed.
    pub at: Timestamp,
    /// The key that checks the signature.
    pub key: CheckpointKey,
    /// An Ed25519 signature (RFC 8032).
    pub signature: [u8; 64],
}

/// The name of a public key that checkpoints are checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckpointKey(pub [u8; 16]);

impl fmt::Display for CheckpointKey {
    /// Writes 32 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> TrailEvent {
        TrailEvent {
            id: EventId::from_bytes([1; 16]),
            at: Timestamp::from_unix_micros(0),
            actor_kind: "anonymous".to_owned(),
            actor: None,
            action: "session.refused".to_owned(),
            outcome: "refused".to_owned(),
            resource_kind: None,
            resource: None,
            request: String::new(),
            client: None,
            metadata: "{}".to_owned(),
        }
    }

    // L-08
    #[test]
    fn what_is_personal_belongs_to_who_acted_or_else_to_whose_account_it_is() {
        let (anna, ben) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let mut refused = event();
        assert_eq!(refused.person(), None);
        refused.resource = Some([2; 16]);
        refused.resource_kind = Some("document".to_owned());
        assert_eq!(refused.person(), None);
        refused.resource_kind = Some("user".to_owned());
        assert_eq!(refused.person(), Some(ben));
        refused.actor = Some(anna);
        assert_eq!(refused.person(), Some(anna));
    }

    #[test]
    fn hashes_and_keys_are_written_in_hexadecimal() {
        let mut hash = [0; 32];
        hash[0] = 0xab;
        assert_eq!(
            ChainHash(hash).to_string(),
            format!("ab{}", "00".repeat(31))
        );
        let key = CheckpointKey([0x0c; 16]);
        assert_eq!(key.to_string(), "0c".repeat(16));
    }
}

//! Identifiers: one type a noun, so that a user's id can never be passed for a connection's.
//!
//! All are UUID version 7 (RFC 9562, section 5.7), made of the [clock](crate::time::Clock) and
//! [random](crate::random::Random) ports: never sequential (E-01), and sorted by time of creation.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::random::Random;
use crate::time::Timestamp;

/// A text that is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

/// What every identifier can do.
pub trait Id: Copy + fmt::Display + FromStr<Err = InvalidId> {
    /// Makes a fresh identifier for something that comes to be at `now`.
    fn generate(now: Timestamp, random: &dyn Random) -> Self;
}

fn uuid_v7(now: Timestamp, random: &dyn Random) -> Uuid {
    let mut tail = [0; 10];
    random.fill(&mut tail);
    uuid::Builder::from_unix_timestamp_millis(now.as_unix_millis(), &tail).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these sixteen bytes, as [`as_bytes`](Self::as_bytes) gave them.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The sixteen bytes, most significant first.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl Id for $name {
            fn generate(now: Timestamp, random: &dyn Random) -> Self {
                Self(uuid_v7(now, random))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Reads the hyphenated lower-case form and no other spelling, so that an id has one URL.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)?;
                if id.to_string() == text { Ok(id) } else { Err(InvalidId) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    };
}

id! {
    /// Identifies a user.
    UserId
}
id! {
    /// Identifies a login flow that a user began.
    LoginFlowId
}
id! {
    /// Identifies a session of a user.
    SessionId
}
id! {
    /// Identifies a connection of a user to one account at a storage provider.
    ConnectionId
}
id! {
    /// Identifies a document.
    DocumentId
}
id! {
    /// Identifies a step that a change left behind.
    StepId
}
id! {
    /// Identifies the erasure of a deleted account.
    ErasureId
}
id! {
    /// Identifies one run of a process that serves.
    ReplicaId
}
id! {
    /// Identifies one turn at changing the operator's keys.
    TurnId
}
id! {
    /// Identifies an audit event.
    EventId
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let early = UserId::generate(Timestamp::from_unix_micros(1_000_000), &Sevens);
        let late = UserId::generate(Timestamp::from_unix_micros(2_000_000), &Sevens);

        assert_eq!(early.to_string(), "00000000-03e8-7707-8707-070707070707");
        assert!(early < late);
    }

    #[test]
    fn only_the_canonical_spelling_is_an_id() {
        let id = "00000000-03e8-7707-8707-07070707abcd";
        assert_eq!(id.parse::<UserId>().unwrap().to_string(), id);
        for other in [
            "",
            "root",
            "00000000-03E8-7707-8707-07070707ABCD",
            "0000000003e877078707070707070707",
            "{00000000-03e8-7707-8707-07070707abcd}",
            "urn:uuid:00000000-03e8-7707-8707-07070707abcd",
        ] {
            assert_eq!(other.parse::<UserId>(), Err(InvalidId), "{other:?}");
        }
    }
}

//! Why something was not done with the operator's keys, and what the operator can do.

use std::fmt;

use wharf_crypto::{KeyPlace, KeyringError, RandomError, SealError};
use wharf_domain::id::ReplicaId;
use wharf_domain::operator_key::OperatorKeyId;
use wharf_domain::ports::repository::RepositoryError;

/// Why something was not done with the operator's keys. Nothing is lost by any of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// Rows need keys that are not at hand (K-07).
    #[error(
        "{place}: it lacks {}, which the database needs; restore the key file that has it, from its backup \
         or from another server",
        Listed("the key", "the keys", ids)
    )]
    Missing {
        /// Where the keys come from.
        place: KeyPlace,
        /// Those that are missing.
        ids: Vec<OperatorKeyId>,
    },
    /// A key is not the one that it was: its canary does not open (K-07).
    #[error(
        "{place}: its key {id} is not the key of that id with which the database was sealed; restore the \
         key file that belongs to this database"
    )]
    WrongKey {
        /// Where the keys come from.
        place: KeyPlace,
        /// The key.
        id: OperatorKeyId,
    },
    /// Somebody else changes the keys at the moment.
    #[error(
        "somebody else is changing the keys; wait until they are done, or for {secs} s if they died over it"
    )]
    Busy {
        /// How long a turn lasts.
        secs: u64,
    },
    /// The turn was lost on the way: this process was stopped for too long, or the database was.
    #[error(
        "the turn to change the keys was lost on the way; start again, it goes on from where it was"
    )]
    TurnLost,
    /// Replicas have not loaded what they must.
    #[error(
        "waited in vain for {} to load the key {key}; give every server the key file with it, and start \
         again: it goes on from there",
        Listed("the server", "the servers", replicas)
    )]
    NotEverywhere {
        /// The key that is waited for.
        key: OperatorKeyId,
        /// Those that are waited for.
        replicas: Vec<ReplicaId>,
    },
    /// There is no such key.
    #[error("there is no key {id}")]
    Unknown {
        /// The key that was asked for.
        id: OperatorKeyId,
    },
    /// The key wraps what is new.
    #[error("the key {id} is the primary one; rotate first")]
    IsPrimary {
        /// The key.
        id: OperatorKeyId,
    },
    /// Rows still need the key.
    #[error("the key {id} is still needed by {records} records; rotate to have them wrapped anew")]
    Needed {
        /// The key.
        id: OperatorKeyId,
        /// How many records.
        records: u64,
    },
    /// Replicas still wrap with the key what is new.
    #[error(
        "the key {id} is still the primary one at {}; give it the key file of the others",
        Listed("the server", "the servers", replicas)
    )]
    PrimaryElsewhere {
        /// The key.
        id: OperatorKeyId,
        /// The replicas.
        replicas: Vec<ReplicaId>,
    },
    /// The keys cannot be read or changed.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The database did not do what it was asked to.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Ids behind a word for one of them or for several.
struct Listed<'a, T>(&'static str, &'static str, &'a [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(one, several, ids) = self;
        f.write_str(if ids.len() == 1 { one } else { several })?;
        for (number, id) in ids.iter().enumerate() {
            write!(f, "{} {id}", if number == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

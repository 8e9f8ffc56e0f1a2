//! A process that serves, as the others know it. It knows no address: replicas only have to know of each
//! other that they are there.

use std::time::Duration;

use crate::id::ReplicaId;
use crate::operator_key::OperatorKeyId;
use crate::time::Timestamp;

/// A process that serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Tells this run of a process from all others.
    pub id: ReplicaId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it last said that it is there.
    pub seen_at: Timestamp,
    /// The operator's key with which it wraps what is new.
    pub primary_key: OperatorKeyId,
    /// All operator's keys that it has loaded.
    pub keys: Vec<OperatorKeyId>,
}

impl Replica {
    /// How often a replica says that it is there.
    pub const BEAT: Duration = Duration::from_secs(5);

    /// Whoever was not heard of for so long is gone: clocks may differ by some of it.
    pub const SILENCE: Duration = Duration::from_secs(30);
}

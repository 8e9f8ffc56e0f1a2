//! The port to what the database knows of the operator's keys: the rows that hold keys wrapped by them, what
//! is remembered of each, and whose turn it is to change them. It knows no key and no file.

use std::time::Duration;

use async_trait::async_trait;

use crate::event::Event;
use crate::id::TurnId;
use crate::operator_key::{Holder, KnownKey, OperatorKeyId, WrappedRow};
use crate::ports::repository::RepositoryError;
use crate::time::Timestamp;
use crate::user::WrappedDataKey;

/// What became of the wish to retire a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retired {
    /// It is saved.
    Done,
    /// It was retired before.
    Already,
    /// So many rows still need it.
    Needed(u64),
}

/// A row whose key was wrapped anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    /// The row as it was read.
    pub before: WrappedRow,
    /// What it is to hold.
    pub wrapped: WrappedDataKey,
}

/// The rows that the operator's keys have left. A record tells by which key it was wrapped.
#[async_trait]
pub trait OperatorKeys: Send + Sync {
    /// The keys that rows were wrapped by, in order of their ids. A row that is no record names none.
    async fn in_use(&self) -> Result<Vec<OperatorKeyId>, RepositoryError>;

    /// How many rows were wrapped by this key.
    async fn count_wrapped_by(&self, key: OperatorKeyId) -> Result<u64, RepositoryError>;

    /// Up to `limit` rows that were wrapped by this key, in order of their holders, from behind `after` on.
    async fn wrapped_by(
        &self,
        key: OperatorKeyId,
        after: Option<Holder>,
        limit: usize,
    ) -> Result<Vec<WrappedRow>, RepositoryError>;

    /// Has each row hold what was wrapped anew, unless it holds something else by now or is gone: such a
    /// row is left alone. Gives how many were changed.
    async fn rewrap(&self, rows: &[Rewrapped]) -> Result<u64, RepositoryError>;

    /// What is remembered of all keys that there were, in order of their ids.
    async fn known(&self) -> Result<Vec<KnownKey>, RepositoryError>;

    /// Remembers a key, unless it is known already.
    async fn remember(&self, key: &KnownKey) -> Result<(), RepositoryError>;

    /// Notes that the key wraps what is new from now on. `false` if that was noted before, or the key is
    /// unknown: nothing is saved then.
    async fn promoted(
        &self,
        key: OperatorKeyId,
        now: Timestamp,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;

    /// Notes that nobody needs the key any more, unless a row does. An unknown key counts as retired.
    async fn retire(
        &self,
        key: OperatorKeyId,
        now: Timestamp,
        events: &[Event],
    ) -> Result<Retired, RepositoryError>;

    /// Takes the turn to change the operator's keys until `now + lease`, or keeps it. `false` if
    /// somebody else has it. A turn that ends later than `now + 2 * lease` was taken by a clock
    /// that is far ahead, and is nobody's.
    async fn take_turn(
        &self,
        turn: TurnId,
        now: Timestamp,
        lease: Duration,
    ) -> Result<bool, RepositoryError>;

    /// Ends the turn, if it is this one.
    async fn end_turn(&self, turn: TurnId) -> Result<(), RepositoryError>;
}

//! The port to the sessions.

use async_trait::async_trait;

use crate::event::Event;
use crate::id::{SessionId, UserId};
use crate::ports::repository::RepositoryError;
use crate::session::{Session, TokenDigest};
use crate::time::Timestamp;
use crate::user::User;

/// How many sessions a new one clears away at most.
pub const CLEARED_AT_ONCE: u16 = 100;

/// The sessions. Each change is saved with its events in one transaction (L-04).
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Adds a session, and clears away up to [`CLEARED_AT_ONCE`] that had ended when it began.
    async fn insert(&self, session: &Session, events: &[Event]) -> Result<(), RepositoryError>;

    /// The session with this id, live or not, and the account that it is of, both as they are now.
    async fn find(&self, id: SessionId) -> Result<Option<(User, Session)>, RepositoryError>;

    /// Saves a session that a new refresh token carries on. `false` if the token that is good now is
    /// not the one with the digest `presented`, or if the session has gone.
    async fn carry_on(
        &self,
        session: &Session,
        presented: TokenDigest,
    ) -> Result<bool, RepositoryError>;

    /// Up to `limit` sessions of an account that are live at `now`, newest first, from behind `after` on.
    async fn list(
        &self,
        owner: UserId,
        now: Timestamp,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<Session>, RepositoryError>;

    /// Ends a session of this account. `false` if there is none; nothing is saved then.
    async fn end(
        &self,
        owner: UserId,
        id: SessionId,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;

    /// Ends all sessions of an account, and has its outside tokens be good from `now` on only. `false` if
    /// there is no such account; nothing is saved then.
    async fn end_all(
        &self,
        owner: UserId,
        now: Timestamp,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;
}

//! The sessions that somebody has, and ending them: one's own, or, for an admin, anybody's.

use wharf_domain::context::Context;
use wharf_domain::event::Action;
use wharf_domain::id::{SessionId, UserId};
use wharf_domain::page::{Cursor, Page, PageLimit, fingerprint};
use wharf_domain::time::Timestamp;

use super::Sessions;
use crate::error::ServiceError;

/// A session as it is shown: without what proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// The session's id.
    pub id: SessionId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ends unless it is carried on.
    pub ends_at: Timestamp,
}

impl Sessions {
    /// A page of a user's sessions, newest first.
    ///
    /// # Errors
    /// [`ServiceError::CursorInvalid`] if the cursor is of another user's.
    pub async fn list(
        &self,
        user: UserId,
        limit: PageLimit,
        cursor: Option<Cursor>,
    ) -> Result<Page<SessionView>, ServiceError> {
        let list = fingerprint([&b"sessions"[..], user.as_bytes()]);
        let after = Cursor::behind(cursor, list, SessionId::from_bytes)?;
        let now = self.environment.now();
        let read = self.sessions.list(user, now, after, limit.get() + 1);
        let views = read.await?.into_iter().map(|session| SessionView {
            id: session.id,
            started_at: session.started_at,
            ends_at: session.ends_at,
        });
        let position = |view: &SessionView| *view.id.as_bytes();
        Ok(Page::cut(views.collect(), limit, list, position))
    }

    /// Ends one of a user's sessions; its access tokens are void within seconds.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the user has no such session.
    pub async fn end_one(
        &self,
        context: &Context,
        user: UserId,
        session: SessionId,
    ) -> Result<(), ServiceError> {
        let event = self.event(context, Action::SessionEnded, Some(user));
        let ended = self.sessions.end(user, session, &[event]).await;
        self.gate.recognised.forget(session);
        if ended? {
            Ok(())
        } else {
            Err(ServiceError::NotFound)
        }
    }

    /// Ends all of a user's sessions, of which there may be none, and voids the outside tokens that they have.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is no such user.
    pub async fn end_all(&self, context: &Context, user: UserId) -> Result<(), ServiceError> {
        let event = self.event(context, Action::SessionEnded, Some(user));
        let now = self.environment.now();
        let ended = self.sessions.end_all(user, now, &[event]).await;
        self.gate.recognised.forget_user(user);
        if ended? {
            Ok(())
        } else {
            Err(ServiceError::NotFound)
        }
    }
}

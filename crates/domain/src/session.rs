//! Sessions: from a log-in until a log-out, or until they are left alone for too long.
//!
//! Knows digests of refresh tokens only; what a token looks like is the services' business.

use std::fmt;
use std::time::Duration;

use crate::id::{SessionId, UserId};
use crate::time::Timestamp;
use crate::user::{Role, User};

/// What a log-in begins. Refresh tokens carry it on, one after the other; each is good once.
#[derive(Clone, Debug)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Who logged in.
    pub owner: UserId,
    /// The account's session epoch at the log-in. The session is void once that has moved on.
    pub epoch: u32,
    /// The digest of what all refresh tokens of the session have in common: one that has it and is
    /// not the current one was good once.
    pub lineage: TokenDigest,
    /// The digest of the refresh token that is good now.
    pub token: TokenDigest,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ends unless it is carried on.
    pub ends_at: Timestamp,
}

/// Who is asking, and what they may do. Whatever else an account says is read when it is needed: this
/// may be a moment old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub id: UserId,
    /// What the user may do.
    pub role: Role,
    /// The session that the request belongs to; `None` where somebody else's login vouches for it.
    pub session: Option<SessionId>,
    /// When the user last proved who they are; `None` where somebody else's login does not say so.
    pub authenticated_at: Option<Timestamp>,
}

impl Identity {
    /// How old a log-in may be for what cannot be undone.
    pub const RECENT: Duration = Duration::from_mins(5);

    /// Whether the user logged in a moment ago: long enough ago that it is the same person, and not
    /// later than now by more than clocks differ.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        self.authenticated_at
            .is_some_and(|at| at.since(now) <= Self::RECENT && now.since(at) <= Self::RECENT)
    }
}

/// The SHA-256 of a refresh token, or of a part of one. It has no equality: secrets are compared in
/// constant time (K-10).
#[derive(Clone, Copy)]
pub struct TokenDigest(pub [u8; 32]);

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(..)")
    }
}

impl Session {
    /// How long a session may go on, however busy it is.
    pub const LIFETIME: Duration = Duration::from_hours(30 * 24);
    /// How long a session may be left alone.
    pub const IDLE: Duration = Duration::from_hours(7 * 24);

    /// A session of `user` that begins now.
    pub fn begin(
        id: SessionId,
        user: &User,
        lineage: TokenDigest,
        token: TokenDigest,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            owner: user.id,
            epoch: user.session_epoch,
            lineage,
            token,
            started_at: now,
            ends_at: now.plus(Self::IDLE),
        }
    }

    /// The same session, carried on now by a new refresh token.
    #[must_use]
    pub fn carried_on(&self, token: TokenDigest, now: Timestamp) -> Self {
        let at_the_latest = self.started_at.plus(Self::LIFETIME);
        Self {
            token,
            ends_at: now.plus(Self::IDLE).min(at_the_latest),
            ..self.clone()
        }
    }

    /// Whether the session of `user` is still good.
    pub fn is_live(&self, user: &User, now: Timestamp) -> bool {
        self.owner == user.id
            && self.epoch == user.session_epoch
            && user.disabled_at.is_none()
            && now < self.ends_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::Role;

    const START: Timestamp = Timestamp::from_unix_seconds(1_795_421_730);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn user() -> User {
        let email = "anna@example.com".parse().unwrap();
        User {
            session_epoch: 3,
            ..User::new(UserId::from_bytes([1; 16]), email, Role::Regular, START)
        }
    }

    fn session() -> Session {
        let digest = TokenDigest([7; 32]);
        Session::begin(
            SessionId::from_bytes([2; 16]),
            &user(),
            digest,
            digest,
            START,
        )
    }

    #[test]
    fn a_session_that_is_left_alone_ends_after_seven_days() {
        let last_moment = Timestamp::from_unix_micros(START.plus(7 * DAY).as_unix_micros() - 1);
        assert!(session().is_live(&user(), START));
        assert!(session().is_live(&user(), last_moment));
        assert!(!session().is_live(&user(), START.plus(7 * DAY)));
    }

    #[test]
    fn no_session_goes_on_for_more_than_thirty_days() {
        let mut session = session();
        for day in 1..30 {
            let now = START.plus(day * DAY);
            session = session.carried_on(TokenDigest([8; 32]), now);
            assert!(session.is_live(&user(), now));
            assert_eq!(session.ends_at, START.plus((day + 7).min(30) * DAY));
        }
        assert_eq!(session.token.0, [8; 32]);
        assert!(!session.is_live(&user(), START.plus(30 * DAY)));
    }

    #[test]
    fn a_session_ends_with_its_epoch_or_its_account_and_is_nobody_else_s() {
        let mut later = user();
        later.session_epoch += 1;
        assert!(!session().is_live(&later, START));
        let mut other = user();
        other.id = UserId::from_bytes([9; 16]);
        assert!(!session().is_live(&other, START));
        let mut disabled = user();
        disabled.disabled_at = Some(START);
        assert!(!session().is_live(&disabled, START));
    }

    #[test]
    fn digests_do_not_show_in_debug_output() {
        let shown = format!("{:?}", session());
        assert!(
            shown.contains("TokenDigest(..)") && !shown.contains("7, 7"),
            "{shown}"
        );
    }
}

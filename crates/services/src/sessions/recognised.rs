//! Who was recognised a moment ago, so that a client which asks ten times a second is looked up once.
//! It knows neither how a token is verified nor where sessions are kept.
//!
//! What ends a session in this process is seen here at once; what ends it elsewhere, and the token's own
//! expiry, after [`Recognised::BELIEVED_FOR`] (A-04, ADR 0018).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wharf_crypto::digest::sha256;
use wharf_domain::id::{SessionId, UserId};
use wharf_domain::session::Identity;
use wharf_domain::time::Timestamp;

/// Tokens that were found good lately. All clones share what they know.
#[derive(Clone, Default)]
pub(crate) struct Recognised(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    tokens: HashMap<[u8; 32], Recognition>,
    /// Counts how often something was forgotten.
    forgotten: u64,
}

/// A moment before which nothing was forgotten that is looked up now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(u64);

/// What was found out of a token, and when.
#[derive(Clone, Copy)]
struct Recognition {
    identity: Identity,
    at: Timestamp,
    ends_at: Timestamp,
}

impl Recognised {
    /// How long a token is believed without looking: less than the five seconds that a demotion or
    /// the end of a session may take to reach every replica.
    const BELIEVED_FOR: Duration = Duration::from_secs(2);

    /// The most tokens that are remembered. Beyond it all are forgotten: they are looked up again.
    const MAX: usize = 10_000;

    /// Who shows this token, if that was found out a moment ago.
    pub(super) fn who(&self, token: &str, now: Timestamp) -> Option<Identity> {
        let recognition = *self.known().tokens.get(&sha256(token.as_bytes()))?;
        recognition.holds(now).then_some(recognition.identity)
    }

    /// When a look-up begins.
    pub(super) fn moment(&self) -> Moment {
        Moment(self.known().forgotten)
    }

    /// Remembers whose token this is, which is good until `ends_at` at most, unless something was
    /// forgotten since the look-up began: it may have found a session that has ended meanwhile.
    pub(super) fn remember(
        &self,
        token: &str,
        identity: Identity,
        ends_at: Timestamp,
        (begun, now): (Moment, Timestamp),
    ) {
        let recognition = Recognition {
            identity,
            at: now,
            ends_at,
        };
        let mut known = self.known();
        if begun != Moment(known.forgotten) {
            return;
        }
        if known.tokens.len() >= Self::MAX {
            known.tokens.clear();
        }
        known.tokens.insert(sha256(token.as_bytes()), recognition);
    }

    /// Forgets the tokens of a session.
    pub(super) fn forget(&self, session: SessionId) {
        self.forget_where(|identity| identity.session == Some(session));
    }

    /// Forgets all tokens of a user, whose account has changed.
    pub(crate) fn forget_user(&self, user: UserId) {
        self.forget_where(|identity| identity.id == user);
    }

    fn forget_where(&self, is_of: impl Fn(&Identity) -> bool) {
        let mut known = self.known();
        known.forgotten += 1;
        known.tokens.retain(|_, token| !is_of(&token.identity));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recognition {
    /// A clock that was set back makes it no younger than it is.
    fn holds(&self, now: Timestamp) -> bool {
        self.at <= now && now < self.at.plus(Recognised::BELIEVED_FOR) && now < self.ends_at
    }
}

#[cfg(test)]
mod tests {
    use wharf_domain::user::Role;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_000_000);

    fn identity(session: u8) -> Identity {
        Identity {
            id: UserId::from_bytes([1; 16]),
            role: Role::Regular,
            session: Some(SessionId::from_bytes([session; 16])),
            authenticated_at: None,
        }
    }

    fn remember(recognised: &Recognised, token: &str, session: u8, ends_at: Timestamp) {
        let begun = recognised.moment();
        recognised.remember(token, identity(session), ends_at, (begun, NOW));
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    //
    #[test]
    fn a_token_is_believed_for_two_seconds_and_no_longer() {
        let recognised = Recognised::default();
        remember(&recognised, "a", 1, after(60));
        assert_eq!(recognised.who("a", NOW), Some(identity(1)));
        assert_eq!(recognised.who("a", after(1)), Some(identity(1)));
        assert_eq!(recognised.who("a", after(2)), None);
        assert_eq!(recognised.who("a", after(-1)), None);
        assert_eq!(recognised.who("b", NOW), None);
    }

    //
    #[test]
    fn nobody_is_believed_beyond_the_end_of_the_session() {
        let recognised = Recognised::default();
        remember(&recognised, "a", 1, after(1));
        assert_eq!(recognised.who("a", NOW), Some(identity(1)));
        assert_eq!(recognised.who("a", after(1)), None);
    }

    //
    #[test]
    fn the_tokens_of_a_session_are_forgotten_together() {
        let recognised = Recognised::default();
        for (token, id) in [("a", 1), ("b", 1), ("c", 2)] {
            remember(&recognised, token, id, after(60));
        }
        recognised.forget(SessionId::from_bytes([1; 16]));
        assert_eq!(recognised.who("a", NOW), None);
        assert_eq!(recognised.who("b", NOW), None);
        assert_eq!(recognised.who("c", NOW), Some(identity(2)));
    }

    //
    #[test]
    fn the_tokens_of_a_user_are_forgotten_together() {
        let recognised = Recognised::default();
        remember(&recognised, "a", 1, after(60));
        let outsider = Identity {
            session: None,
            ..identity(1)
        };
        let other = Identity {
            id: UserId::from_bytes([2; 16]),
            ..identity(3)
        };
        let begun = recognised.moment();
        recognised.remember("b", outsider, after(60), (begun, NOW));
        recognised.remember("c", other, after(60), (begun, NOW));
        recognised.forget_user(UserId::from_bytes([1; 16]));
        assert_eq!(recognised.who("a", NOW), None);
        assert_eq!(recognised.who("b", NOW), None);
        assert_eq!(recognised.who("c", NOW), Some(other));
    }

    // a look-up that began before the session ended brings nothing back.
    #[test]
    fn what_was_looked_up_before_a_session_ended_is_not_remembered() {
        let recognised = Recognised::default();
        let begun = recognised.moment();
        recognised.forget(SessionId::from_bytes([1; 16]));
        recognised.remember("a", identity(1), after(60), (begun, NOW));
        assert_eq!(recognised.who("a", NOW), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let recognised = Recognised::default();
        for token in 0..=Recognised::MAX {
            remember(&recognised, &token.to_string(), 1, after(60));
        }
        assert_eq!(recognised.known().tokens.len(), 1);
    }
}

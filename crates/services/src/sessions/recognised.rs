//! Who was recognised a moment ago, so that a client which asks ten times a second is looked up once.
//! It knows neither how a token is verified nor where sessions are kept.
//!
//! What ends a session in this process is seen here at once; what ends it elsewhere, after
//! [`Recognised::BELIEVED_FOR`] (A-04, ADR 0018).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wharf_crypto::digest::sha256;
use wharf_domain::id::SessionId;
use wharf_domain::session::{Identity, Session};
use wharf_domain::time::Timestamp;

/// Tokens that were found good lately. All clones share what they know.
#[derive(Clone, Default)]
pub(super) struct Recognised(Arc<Mutex<HashMap<[u8; 32], Recognition>>>);

/// What was found out of a token, and when.
#[derive(Clone, Copy)]
struct Recognition {
    identity: Identity,
    session: SessionId,
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
        let recognition = *self.all().get(&sha256(token.as_bytes()))?;
        recognition.holds(now).then_some(recognition.identity)
    }

    /// Remembers whose token this is.
    pub(super) fn remember(
        &self,
        token: &str,
        identity: Identity,
        session: &Session,
        now: Timestamp,
    ) {
        let recognition = Recognition {
            identity,
            session: session.id,
            at: now,
            ends_at: session.ends_at,
        };
        let mut all = self.all();
        if all.len() >= Self::MAX {
            all.clear();
        }
        all.insert(sha256(token.as_bytes()), recognition);
    }

    /// Forgets the tokens of a session.
    pub(super) fn forget(&self, session: SessionId) {
        self.all().retain(|_, known| known.session != session);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<[u8; 32], Recognition>> {
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
    use wharf_domain::id::UserId;
    use wharf_domain::session::TokenDigest;
    use wharf_domain::user::Role;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_000_000);

    fn identity() -> Identity {
        Identity {
            id: UserId::from_bytes([1; 16]),
            role: Role::Regular,
        }
    }

    fn session(id: u8, ends_at: Timestamp) -> Session {
        Session {
            id: SessionId::from_bytes([id; 16]),
            owner: identity().id,
            epoch: 0,
            lineage: TokenDigest([0; 32]),
            token: TokenDigest([0; 32]),
            started_at: NOW,
            ends_at,
        }
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_000_000 + seconds)
    }

    //
    #[test]
    fn a_token_is_believed_for_two_seconds_and_no_longer() {
        let recognised = Recognised::default();
        recognised.remember("a", identity(), &session(1, after(60)), NOW);
        assert_eq!(recognised.who("a", NOW), Some(identity()));
        assert_eq!(recognised.who("a", after(1)), Some(identity()));
        assert_eq!(recognised.who("a", after(2)), None);
        assert_eq!(recognised.who("a", after(-1)), None);
        assert_eq!(recognised.who("b", NOW), None);
    }

    //
    #[test]
    fn nobody_is_believed_beyond_the_end_of_the_session() {
        let recognised = Recognised::default();
        recognised.remember("a", identity(), &session(1, after(1)), NOW);
        assert_eq!(recognised.who("a", NOW), Some(identity()));
        assert_eq!(recognised.who("a", after(1)), None);
    }

    //
    #[test]
    fn the_tokens_of_a_session_are_forgotten_together() {
        let recognised = Recognised::default();
        for (token, id) in [("a", 1), ("b", 1), ("c", 2)] {
            recognised.remember(token, identity(), &session(id, after(60)), NOW);
        }
        recognised.forget(SessionId::from_bytes([1; 16]));
        assert_eq!(recognised.who("a", NOW), None);
        assert_eq!(recognised.who("b", NOW), None);
        assert_eq!(recognised.who("c", NOW), Some(identity()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let recognised = Recognised::default();
        for token in 0..=Recognised::MAX {
            recognised.remember(&token.to_string(), identity(), &session(1, after(60)), NOW);
        }
        assert_eq!(recognised.all().len(), 1);
    }
}

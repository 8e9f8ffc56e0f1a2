//! Refresh tokens: what carries a session on, once (RFC 9700, section 4.14.2).
//!
//! A token is the session's id, then its lineage, which all tokens of one session share, then what is
//! its own: 512 bits, of which 384 are random. To everybody else it is one opaque text. Knows no
//! database; what is stored are digests.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use wharf_crypto::digest::{constant_time_eq, sha256};
use wharf_domain::environment::Environment;
use wharf_domain::id::SessionId;
use wharf_domain::session::{Session, TokenDigest};
use zeroize::Zeroizing;

const ID: usize = 16;
const LINEAGE: usize = 16;
const OWN: usize = 32;

/// A refresh token. It is secret: it has no `Debug`.
pub(crate) struct RefreshToken {
    session: SessionId,
    lineage: Zeroizing<[u8; LINEAGE]>,
    own: Zeroizing<[u8; OWN]>,
}

impl RefreshToken {
    /// The first token of a new session.
    pub(crate) fn first(session: SessionId, environment: &Environment) -> Self {
        Self {
            session,
            lineage: Zeroizing::new(environment.random_bytes()),
            own: Zeroizing::new(environment.random_bytes()),
        }
    }

    /// The token that follows this one.
    pub(crate) fn next(&self, environment: &Environment) -> Self {
        Self {
            session: self.session,
            lineage: self.lineage.clone(),
            own: Zeroizing::new(environment.random_bytes()),
        }
    }

    /// Reads a token's text, in the one spelling that it has.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        let (session, rest) = bytes.split_first_chunk::<ID>()?;
        let (lineage, own) = rest.split_first_chunk::<LINEAGE>()?;
        Some(Self {
            session: SessionId::from_bytes(*session),
            lineage: Zeroizing::new(*lineage),
            own: Zeroizing::new(own.try_into().ok()?),
        })
    }

    /// The text that the client keeps.
    pub(crate) fn text(&self) -> SecretString {
        let parts = [
            self.session.as_bytes().as_slice(),
            &*self.lineage,
            &*self.own,
        ];
        let bytes = Zeroizing::new(parts.concat());
        URL_SAFE_NO_PAD.encode(&*bytes).into()
    }

    /// The session that the token claims to be of.
    pub(crate) const fn session(&self) -> SessionId {
        self.session
    }

    /// What is stored of the token's lineage.
    pub(crate) fn lineage_digest(&self) -> TokenDigest {
        TokenDigest(sha256(&*self.lineage))
    }

    /// What is stored of the token's own part.
    pub(crate) fn digest(&self) -> TokenDigest {
        TokenDigest(sha256(&*self.own))
    }

    /// Whether the token was ever good for this session. Whoever merely knows the session's id, which
    /// access tokens tell, has no such token.
    pub(crate) fn is_of(&self, session: &Session) -> bool {
        // K-10
        constant_time_eq(&self.lineage_digest().0, &session.lineage.0)
    }

    /// Whether the token is the one that is good for this session now.
    pub(crate) fn is_current(&self, session: &Session) -> bool {
        // K-10
        self.is_of(session) && constant_time_eq(&self.digest().0, &session.token.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    use secrecy::ExposeSecret as _;
    use wharf_domain::id::UserId;
    use wharf_domain::random::Random;
    use wharf_domain::time::{Clock, Timestamp};

    use super::*;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_seconds(1_795_421_730)
        }
    }

    /// Fills with ones, then with twos, and so on.
    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }

    fn environment() -> Environment {
        Environment::new(Arc::new(Stopped), Arc::new(Counting::default()))
    }

    fn session_with(token: &RefreshToken) -> Session {
        Session {
            id: token.session(),
            owner: UserId::from_bytes([1; 16]),
            epoch: 0,
            lineage: token.lineage_digest(),
            token: token.digest(),
            started_at: Stopped.now(),
            ends_at: Stopped.now(),
        }
    }

    #[test]
    fn a_token_is_id_lineage_and_own_part_in_base64url() {
        let token = RefreshToken::first(SessionId::from_bytes([0; 16]), &environment());
        let text = token.text();
        let expected = [[0; 16].as_slice(), &[1; 16], &[2; 32]].concat();
        assert_eq!(
            URL_SAFE_NO_PAD.decode(text.expose_secret()).unwrap(),
            expected
        );

        let read = RefreshToken::parse(text.expose_secret()).unwrap();
        assert_eq!(read.session(), token.session());
        assert!(read.is_current(&session_with(&token)));
    }

    #[test]
    fn only_the_last_token_is_current_and_all_are_of_the_session() {
        let environment = environment();
        let first = RefreshToken::first(SessionId::from_bytes([9; 16]), &environment);
        let second = first.next(&environment);
        let session = session_with(&second);
        assert!(second.is_current(&session) && second.is_of(&session));
        assert!(!first.is_current(&session) && first.is_of(&session));

        let forged = RefreshToken::first(session.id, &environment);
        assert!(!forged.is_of(&session));
        let mut guessed = second.next(&environment);
        guessed.own = second.own.clone();
        guessed.lineage = Zeroizing::new([0; LINEAGE]);
        assert!(!guessed.is_current(&session));
    }

    #[test]
    fn a_token_has_one_spelling() {
        let token = RefreshToken::first(SessionId::from_bytes([7; 16]), &environment());
        let good = token.text().expose_secret().to_owned();
        let shorter = good.get(..good.len() - 2).unwrap();
        // 64 bytes leave four bits of the last letter unused.
        assert!(good.ends_with('g'));
        let other_bits = format!("{}h", good.get(..good.len() - 1).unwrap());
        for text in [
            "",
            "token",
            shorter,
            &format!("{good}AA"),
            &format!("{good}=="),
            &format!(" {good}"),
            &good.replace('C', "+"),
            &other_bits,
        ] {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
    }
}

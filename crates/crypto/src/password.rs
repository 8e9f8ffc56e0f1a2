//! Passwords as Argon2id hashes in PHC strings (RFC 9106; A-05).
//!
//! Each call takes tens of milliseconds and 19 MiB, so callers run it off the async threads and bound
//! how many run at once. Knows no account: for a name that nobody has, callers verify against
//! [`DECOY_HASH`] and so do the same work (E-02).

use std::ops::RangeInclusive;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::PasswordError;
use crate::random;

/// How long a password may be, in bytes of UTF-8. None is ever cut.
pub const LENGTH_BYTES: RangeInclusive<usize> = 8..=1024;

/// A hash of today's cost that no password has: salt and output are random bytes.
///
/// Ignore the verdict on it; it exists so that refusing an unknown name takes as long as refusing a
/// wrong password.
pub const DECOY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1\
    $6qrSNEUDNX8EhUgEYqTX0Q$HCdCYp796sh9o5qvKWuzf5Kr2aQflEueLXyq4NDiBQ4";

/// OWASP's first choice for Argon2id with one lane (Password Storage Cheat Sheet).
const MEMORY_KIB: u32 = 19_456;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// Beyond these a stored hash is refused unread: a row that somebody altered must not be able to take
/// all memory or a thread for hours.
const MOST_MEMORY_KIB: u32 = 262_144;
const MOST_ITERATIONS: u32 = 16;
const MOST_LANES: u32 = 16;

/// What a password is to a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Match,
    /// It is the password, but the hash is weaker than today's: store a new one.
    MatchButWeak,
    /// It is not the password.
    Mismatch,
}

/// Hashes a password under a fresh salt into a PHC string.
///
/// # Errors
/// [`PasswordError::Length`] outside [`LENGTH_BYTES`]; [`PasswordError::Random`] and
/// [`PasswordError::Hashing`] when the machine has no random bytes or no memory left.
pub fn hash(password: &SecretString) -> Result<String, PasswordError> {
    let password = password.expose_secret().as_bytes();
    if !LENGTH_BYTES.contains(&password.len()) {
        return Err(PasswordError::Length);
    }
    let salt: [u8; SALT_BYTES] = random::array()?;
    let hash: PasswordHash = argon2id()
        .hash_password_with_salt(password, &salt)
        .map_err(PasswordError::Hashing)?;
    Ok(hash.to_string())
}

/// Compares a password with a stored PHC string, in the time that string's own cost takes.
///
/// # Errors
/// [`PasswordError::StoredHash`] if the string is no Argon2 hash, [`PasswordError::StoredHashTooCostly`]
/// if it asks for far more than today's cost, [`PasswordError::Hashing`] when no memory is left. A
/// password of impossible length is a mismatch.
pub fn verify(phc: &str, password: &SecretString) -> Result<Verdict, PasswordError> {
    let stored = PasswordHash::new(phc).map_err(|e| PasswordError::StoredHash(e.into()))?;
    let params = Params::try_from(&stored).map_err(PasswordError::StoredHash)?;
    if is_too_costly(&params) {
        return Err(PasswordError::StoredHashTooCostly);
    }
    let (Some(salt), Some(output)) = (&stored.salt, &stored.hash) else {
        return Err(PasswordError::StoredHash(Error::EncodingInvalid));
    };
    let is_strong = stored.algorithm == ARGON2ID_IDENT
        && stored.version == Some(Version::V0x13.into())
        && params.m_cost() >= MEMORY_KIB
        && params.t_cost() >= ITERATIONS
        && salt.len() >= SALT_BYTES
        && output.len() >= OUTPUT_BYTES;
    let password = password.expose_secret().as_bytes();
    if !LENGTH_BYTES.contains(&password.len()) {
        return Ok(Verdict::Mismatch);
    }
    match argon2id().verify_password(password, &stored) {
        Ok(()) if is_strong => Ok(Verdict::Match),
        Ok(()) => Ok(Verdict::MatchButWeak),
        Err(Error::PasswordInvalid) => Ok(Verdict::Mismatch),
        Err(error @ Error::OutOfMemory) => Err(PasswordError::Hashing(error)),
        Err(error) => Err(PasswordError::StoredHash(error)),
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, Some(OUTPUT_BYTES))
        .expect("these constants lie within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn is_too_costly(params: &Params) -> bool {
    params.m_cost() > MOST_MEMORY_KIB
        || params.t_cost() > MOST_ITERATIONS
        || params.p_cost() > MOST_LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    // The hashes were made with argon2-cffi (the reference C implementation).
    const PASSWORD: &str = "correct horse battery staple";
    const CURRENT: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU";
    const STRONGER: &str = "$argon2id$v=19$m=32768,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$7i37E1mYsCkmCCSHZoc4FC7pUlxIZLEXi0dJdu0wAzo";

    /// Each weaker than today's in one respect: algorithm, version, memory, iterations, salt, output.
    const WEAKER: [&str; 6] = [
        "$argon2i$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$dYFSDMHe7r6j8bNX+Py4zNJ4v3iefrxU8sJcdB2oaAY",
        "$argon2id$v=16$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$rrP6DQa6O+rHVmG0msZIIwOFJ2/7wun2k9QtG9bof9Y",
        "$argon2id$v=19$m=19455,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Q/Z2alC1YbeMm5xzAWZLe6MoXvRz+/55rMgvG4vHAek",
        "$argon2id$v=19$m=19456,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$NmtaKruLzsB3wc1h60pOQyFNGVLNKLBu/px0rWweTKc",
        "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0O$GTgmjBidHIQgIHVRAt9XD9RqO3ptnQ9KzVh8OI72wT4",
        "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$u1G1PwHwmpr3vY50tDPMoNM4MkxJKTqfq72YtZWxiA",
    ];

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    //
    #[test]
    fn a_new_hash_is_argon2id_of_the_agreed_cost_under_its_own_salt() {
        let first = hash(&secret(PASSWORD)).unwrap();
        let second = hash(&secret(PASSWORD)).unwrap();

        assert!(
            first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{first}"
        );
        assert_eq!(first.len(), CURRENT.len());
        assert_ne!(first, second);
        assert_eq!(verify(&first, &secret(PASSWORD)).unwrap(), Verdict::Match);
        assert_eq!(
            verify(&first, &secret("Correct horse battery staple")).unwrap(),
            Verdict::Mismatch
        );
    }

    #[test]
    fn hashes_of_another_implementation_are_judged_by_their_strength() {
        let strong = [CURRENT, STRONGER].map(|stored| (stored, Verdict::Match));
        let weak = WEAKER.map(|stored| (stored, Verdict::MatchButWeak));
        for (stored, right) in strong.into_iter().chain(weak) {
            let verdict = |password| verify(stored, &secret(password)).unwrap();
            assert_eq!(verdict(PASSWORD), right, "{stored}");
            assert_eq!(verdict("wrong password"), Verdict::Mismatch, "{stored}");
        }
    }

    #[test]
    fn lengths_are_bounded_in_bytes() {
        for refused in ["", "1234567", "ééé1", &"a".repeat(1025)] {
            assert!(matches!(hash(&secret(refused)), Err(PasswordError::Length)));
            assert_eq!(
                verify(CURRENT, &secret(refused)).unwrap(),
                Verdict::Mismatch
            );
        }
        assert!(hash(&secret("12345678")).is_ok());
    }

    #[test]
    fn the_last_of_1024_bytes_counts() {
        let longest = format!("{}x", "a".repeat(1023));
        let stored = hash(&secret(&longest)).unwrap();

        let other = format!("{}y", "a".repeat(1023));
        assert_eq!(verify(&stored, &secret(&longest)).unwrap(), Verdict::Match);
        assert_eq!(verify(&stored, &secret(&other)).unwrap(), Verdict::Mismatch);
    }

    // E-02: refusing an unknown name costs what refusing a wrong password costs.
    #[test]
    fn the_decoy_costs_what_a_new_hash_costs_and_matches_nothing() {
        let cost = |phc: &str| phc.rsplitn(3, '$').nth(2).map(str::to_owned);
        let fresh = hash(&secret(PASSWORD)).unwrap();

        assert_eq!(cost(DECOY_HASH), cost(&fresh));
        assert_eq!(DECOY_HASH.len(), fresh.len());
        assert_eq!(
            verify(DECOY_HASH, &secret(PASSWORD)).unwrap(),
            Verdict::Mismatch
        );
    }

    #[test]
    fn what_is_no_usable_hash_is_an_error_and_not_a_mismatch() {
        for stored in [
            "",
            "plain text",
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw",
            "$argon2id$v=19$m=x,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU",
            "$scrypt$ln=15,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU",
        ] {
            let verdict = verify(stored, &secret(PASSWORD));
            assert!(
                matches!(verdict, Err(PasswordError::StoredHash(_))),
                "{stored}: {verdict:?}"
            );
        }
    }

    #[test]
    fn a_stored_hash_cannot_ask_for_all_memory_or_time() {
        for cost in [
            "m=4294967295,t=2,p=1",
            "m=19456,t=4294967295,p=1",
            "m=19456,t=2,p=17",
        ] {
            let stored = CURRENT.replace("m=19456,t=2,p=1", cost);
            let verdict = verify(&stored, &secret(PASSWORD));
            assert!(
                matches!(verdict, Err(PasswordError::StoredHashTooCostly)),
                "{cost}: {verdict:?}"
            );
        }
    }
}

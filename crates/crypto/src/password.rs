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
/// if it asks for far more than today's cost. A password of impossible length is a mismatch.
pub fn verify(phc: &str, password: &SecretString) -> Result<Verdict, PasswordError> {
    let stored = PasswordHash::new(phc).map_err(|e| PasswordError::StoredHash(e.into()))?;
    let params = Params::try_from(&stored).map_err(PasswordError::StoredHash)?;
    if is_too_costly(&params) {
        return Err(PasswordError::StoredHashTooCostly);
    }
    let (Some(salt), Some(output)) = (&stored.salt, &stored.hash) else {
        return Err(PasswordError::StoredHash(Error::EncodingInvalid));
    };
    let password = password.expose_secret().as_bytes();
    if !LENGTH_BYTES.contains(&password.len()) {
        return Ok(Verdict::Mismatch);
    }
    let is_strong = stored.algorithm == ARGON2ID_IDENT
        && stored.version == Some(Version::V0x13.into())
        && params.m_cost() >= MEMORY_KIB
        && params.t_cost() >= ITERATIONS
        && params.p_cost() >= LANES
        && output.len() >= OUTPUT_BYTES
        && salt.len() >= SALT_BYTES;
    match argon2id().verify_password(password, &stored) {
        Ok(()) if is_strong => Ok(Verdict::Match),
        Ok(()) => Ok(Verdict::MatchButWeak),
        Err(Error::PasswordInvalid) => Ok(Verdict::Mismatch),
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

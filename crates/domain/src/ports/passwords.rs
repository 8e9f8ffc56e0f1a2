//! The port to password hashing, which is slow by intent and must not starve everything else.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::user::PasswordHash;

/// A password could not be hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The password is too short or too long to be set.
    #[error("a password must be {min} to {max} bytes long")]
    Length {
        /// The shortest length, in bytes.
        min: usize,
        /// The longest length, in bytes.
        max: usize,
    },
    /// So many passwords wait to be hashed or compared that another would wait for too long.
    #[error("too many passwords wait")]
    Busy,
    /// Hashing failed, or a stored hash cannot be read.
    #[error("the password could not be hashed")]
    Failed,
}

/// What comparing a password with a hash gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// It is the password.
    Match,
    /// It is the password, and its hash is weaker than today's should be.
    MatchWeak,
    /// It is not the password.
    Mismatch,
}

/// Hashes and compares passwords.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// Hashes a new password.
    ///
    /// # Errors
    /// [`PasswordError::Length`] if it may not be set.
    async fn hash(&self, password: SecretString) -> Result<PasswordHash, PasswordError>;

    /// Compares a password with a hash. Without a hash, for an unknown user, it does the same work
    /// and answers [`PasswordVerdict::Mismatch`] (E-02).
    async fn verify(
        &self,
        hash: Option<PasswordHash>,
        password: SecretString,
    ) -> Result<PasswordVerdict, PasswordError>;
}

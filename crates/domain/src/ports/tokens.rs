//! The port to access tokens: short-lived proofs of who is asking.

use std::time::Duration;

use secrecy::SecretString;

use crate::id::{SessionId, UserId};

/// What an access token says. It says nothing of the role: that is read from the account at each
/// request, so that a demotion counts at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who is asking.
    pub user: UserId,
    /// The session that the token belongs to, and ends with.
    pub session: SessionId,
}

/// A fresh access token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The token itself.
    pub token: SecretString,
    /// How long it will be good.
    pub expires_in: Duration,
}

/// Why an access token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRefusal {
    /// It was good once.
    #[error("the access token has expired")]
    Expired,
    /// It is forged, damaged, or made for something else.
    #[error("the access token is not valid")]
    Invalid,
    /// It could not be made.
    #[error("the access token could not be signed")]
    Unsigned,
}

/// Issues and verifies access tokens.
pub trait Tokens: Send + Sync {
    /// Makes a token with these claims.
    ///
    /// # Errors
    /// [`TokenRefusal::Unsigned`] if signing fails.
    fn issue(&self, claims: AccessClaims) -> Result<AccessToken, TokenRefusal>;

    /// The claims of a token, if it is to be believed.
    ///
    /// # Errors
    /// Why it is not.
    fn verify(&self, token: &str) -> Result<AccessClaims, TokenRefusal>;
}

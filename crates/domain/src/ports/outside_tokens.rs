//! The port to tokens that an issuer outside Wharf gives out.

use async_trait::async_trait;

use crate::outside::OutsideClaims;

/// Why an outside token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutsideRefusal {
    /// It is not of this issuer, not for Wharf, forged, damaged, or says what it must not.
    #[error("the token is not valid")]
    Invalid,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// The issuer's keys cannot be had, so nothing is known of the token.
    #[error("the issuer's keys cannot be had")]
    KeysUnavailable,
}

/// Verifies the tokens of one outside issuer.
#[async_trait]
pub trait OutsideTokens: Send + Sync {
    /// What a token says, if it is to be believed.
    ///
    /// # Errors
    /// Why it is not.
    async fn verify(&self, token: &str) -> Result<OutsideClaims, OutsideRefusal>;
}

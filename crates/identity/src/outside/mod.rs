//! Access tokens of an issuer outside: JSON Web Tokens (RFC 7519, RFC 9068) that an identity system before
//! Wharf gives out. Signatures are verified with the issuer's keys and nobody else's, by the algorithm
//! that belongs to the key; claims are read after that, strictly.
//!
//! Knows no account: whom a person is allowed to be is decided by others.

mod claims;
mod header;
mod key_set;
mod keys;
mod object;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jsonwebtoken::crypto;
use wharf_domain::outside::OutsideClaims;
use wharf_domain::ports::outside_tokens::{OutsideRefusal, OutsideTokens};
use wharf_domain::time::Clock;

use self::claims::Reading;
pub use self::claims::{ClaimNames, RoleClaim};
use self::header::Header;
pub use self::keys::KeySource;
use self::keys::Keys;
use self::object::object;
use crate::token_text::{TokenText, decoded};

/// What is to be known of an issuer.
#[derive(Clone, Debug)]
pub struct OutsideIssuer {
    /// Its name for itself, as it stands in `iss`: compared letter by letter.
    pub issuer: String,
    /// What `aud` must hold: Wharf's name at the issuer.
    pub audience: String,
    /// Where its keys are.
    pub keys: KeySource,
    /// Which claims say what.
    pub claims: ClaimNames,
}

/// Verifies the tokens of one outside issuer.
pub struct IssuerTokens {
    reading: Reading,
    keys: Keys,
    clock: Arc<dyn Clock>,
}

impl IssuerTokens {
    /// Verifies the tokens of this issuer. Its keys are fetched through `egress` when the first token
    /// comes; an address of keys is the operator's.
    #[must_use]
    pub fn new(
        issuer: OutsideIssuer,
        egress: &wharf_egress::Client,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let OutsideIssuer {
            issuer,
            audience,
            keys,
            claims,
        } = issuer;
        Self {
            reading: Reading {
                issuer,
                audience,
                names: claims,
            },
            keys: Keys::new(keys, egress, Arc::clone(&clock)),
            clock,
        }
    }
}

impl fmt::Debug for IssuerTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerTokens")
            .field("issuer", &self.reading.issuer)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl OutsideTokens for IssuerTokens {
    async fn verify(&self, token: &str) -> Result<OutsideClaims, OutsideRefusal> {
        let text = TokenText::split(token).ok_or(OutsideRefusal::Invalid)?;
        let header = decoded(text.header).and_then(|json| Header::read(&object(&json)?));
        let header = header.ok_or(OutsideRefusal::Invalid)?;
        let key = self.keys.find(&header.kid).await?;
        let key = key.ok_or(OutsideRefusal::Invalid)?;
        if header.alg != key.algorithm_name() {
            return Err(OutsideRefusal::Invalid);
        }
        let message = text.message.as_bytes();
        match crypto::verify(text.signature, message, &key.key, key.algorithm) {
            Ok(true) => {}
            Ok(false) | Err(_) => return Err(OutsideRefusal::Invalid),
        }
        let claims = text.claims().and_then(|json| object(&json));
        let claims = claims.ok_or(OutsideRefusal::Invalid)?;
        self.reading.read(&claims, self.clock.now())
    }
}

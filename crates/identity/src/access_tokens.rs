//! Access tokens: JSON Web Tokens (RFC 9068) that this software issues and it alone accepts.
//!
//! One algorithm, EdDSA, whatever a token says; keys from the keyring only; claims are read after the
//! signature is verified. Knows no account and no session: a good token of one that is
//! gone is good here.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::crypto;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header as TokenHeader};
use secrecy::SecretString;
use wharf_crypto::{KeyId, Keyring};
use wharf_domain::ports::tokens::{AccessClaims, AccessToken, TokenRefusal, Tokens};
use wharf_domain::time::{Clock, Timestamp};

use crate::ed25519;
use crate::token_text::{Claims, Header, TokenText};

/// Whom the tokens are for.
const AUDIENCE: &str = "wharf";
/// RFC 9068, section 2.1.
const TYPE: &str = "at+jwt";
const ALGORITHM: &str = "EdDSA";

/// No token is accepted that claims a longer life, whoever signed it.
const MAX_LIFETIME_SECS: i64 = 15 * 60;
/// How far another replica's clock may be ahead. The end of a token gets no such grace.
const LEEWAY_SECS: i64 = 30;

/// Issues and verifies access tokens.
pub struct AccessTokens {
    issuer: String,
    clock: Arc<dyn Clock>,
    current: (KeyId, EncodingKey),
    accepted: HashMap<KeyId, DecodingKey>,
}

impl AccessTokens {
    /// How long a token is good.
    pub const LIFETIME: Duration = Duration::from_mins(10);

    /// Tokens in the name of `issuer`, this installation's public URL; the keyring's current key
    /// signs them, and all its signing keys are accepted.
    #[must_use]
    pub fn new(keyring: &Keyring, issuer: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        let current = keyring.current_signing_key();
        let accepted = keyring
            .signing_keys()
            .map(|key| (key.kid(), ed25519::key_pair(key.seed()).1));
        Self {
            issuer: issuer.into(),
            clock,
            current: (current.kid(), ed25519::key_pair(current.seed()).0),
            accepted: accepted.collect(),
        }
    }

    /// The bytes of the claims, if one of our keys signed them as an access token.
    fn signed_claims(&self, token: &str) -> Option<Vec<u8>> {
        let text = TokenText::split(token)?;
        let Header { alg, typ, kid } = text.header()?;
        if alg != ALGORITHM || typ != TYPE {
            return None;
        }
        let key = self.accepted.get(&kid.parse().ok()?)?;
        let message = text.message.as_bytes();
        match crypto::verify(text.signature, message, key, Algorithm::EdDSA) {
            Ok(true) => text.claims(),
            Ok(false) | Err(_) => None,
        }
    }

    /// What the claims say, if they are ours and make sense; their end is not looked at.
    fn believable(&self, claims: &Claims<'_>, now: Timestamp) -> Option<AccessClaims> {
        let lifetime_secs = claims.exp.checked_sub(claims.iat)?;
        let is_ours = claims.iss == self.issuer && claims.aud == AUDIENCE;
        let is_sane = (1..=MAX_LIFETIME_SECS).contains(&lifetime_secs)
            && claims.iat <= now.as_unix_seconds().saturating_add(LEEWAY_SECS);
        if !(is_ours && is_sane) {
            return None;
        }
        Some(AccessClaims {
            user: claims.sub.parse().ok()?,
            session: claims.sid.parse().ok()?,
        })
    }
}

impl Tokens for AccessTokens {
    fn issue(&self, claims: AccessClaims) -> Result<AccessToken, TokenRefusal> {
        let now = self.clock.now().as_unix_seconds();
        let (kid, key) = &self.current;
        let mut header = TokenHeader::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(kid.to_string());
        let claims = Claims {
            iss: (&self.issuer).into(),
            aud: AUDIENCE.into(),
            sub: claims.user.to_string().into(),
            sid: claims.session.to_string().into(),
            iat: now,
            exp: now.saturating_add_unsigned(Self::LIFETIME.as_secs()),
        };
        let token = jsonwebtoken::encode(&header, &claims, key);
        Ok(AccessToken {
            token: SecretString::from(token.map_err(|_| TokenRefusal::Unsigned)?),
            expires_in: Self::LIFETIME,
        })
    }

    fn verify(&self, token: &str) -> Result<AccessClaims, TokenRefusal> {
        let now = self.clock.now();
        let claims = self.signed_claims(token).ok_or(TokenRefusal::Invalid)?;
        let claims = Claims::read(&claims).ok_or(TokenRefusal::Invalid)?;
        let believable = self.believable(&claims, now).ok_or(TokenRefusal::Invalid)?;
        if claims.exp <= now.as_unix_seconds() {
            return Err(TokenRefusal::Expired);
        }
        Ok(believable)
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokens")
            .field("issuer", &self.issuer)
            .field("current", &self.current.0)
            .finish_non_exhaustive()
    }
}

//! ID tokens (OpenID Connect Core 1.0, section 2), signed with a key that is made at the start and
//! gone at the end. The providers' own are RS256; ES256 is here for a start without delay.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::KeyPair;
use serde::Serialize;
use serde_json::{Value, json};

const KEY_ID: &str = "sandbox-1";

/// Signs ID tokens.
pub(crate) struct Signer {
    key: EncodingKey,
    /// The public key's coordinates (RFC 7518, section 6.2.1).
    point: (String, String),
}

/// What an ID token says.
#[derive(Serialize)]
pub(crate) struct Claims<'a, O> {
    pub(crate) iss: String,
    pub(crate) aud: &'a str,
    pub(crate) sub: String,
    pub(crate) iat: u64,
    pub(crate) exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'a str>,
    /// What one provider alone has.
    #[serde(flatten)]
    pub(crate) own: O,
}

impl Signer {
    /// A signer with a fresh key.
    pub(crate) fn fresh() -> io::Result<Self> {
        // P-256, the default, is what ES256 wants.
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let (x, y) = key
            .public_key_raw()
            .get(1..)
            .and_then(|point| point.split_at_checked(32))
            .ok_or_else(|| io::Error::other("a P-256 key is a point of two coordinates"))?;
        Ok(Self {
            point: (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)),
            key: EncodingKey::from_ec_der(&key.serialize_der()),
        })
    }

    /// The token that says this.
    pub(crate) fn sign(&self, claims: &Claims<'_, impl Serialize>) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(KEY_ID.to_owned());
        jsonwebtoken::encode(&header, claims, &self.key)
            .expect("the key is of the algorithm, and the claims are JSON")
    }

    /// The key set (RFC 7517, section 5) by which clients verify.
    pub(crate) fn key_set(&self) -> Value {
        let (x, y) = &self.point;
        json!({"keys": [{
            "kty": "EC", "use": "sig", "alg": "ES256", "kid": KEY_ID, "crv": "P-256", "x": x, "y": y,
        }]})
    }
}

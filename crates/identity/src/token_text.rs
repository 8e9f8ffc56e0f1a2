//! The text of a token: compact serialisation (RFC 7515, section 7.1) of one header and one set of
//! claims, read strictly. Knows no key and believes nothing.
//!
//! Tokens that Wharf issues are read strictly: whatever it would not write is refused, such as unknown,
//! missing and duplicate members, other types, other encodings, padding.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The longest token that is looked at, in bytes.
const MAX_BYTES: usize = 8 * 1024;

/// A token in its parts, of which only the header is readable before the signature is checked.
pub(crate) struct TokenText<'a> {
    /// What is signed: header and claims as they came.
    pub(crate) message: &'a str,
    /// The signature, still encoded.
    pub(crate) signature: &'a str,
    /// The header, still encoded.
    pub(crate) header: &'a str,
    claims: &'a str,
}

/// The header. Having no other member, a token cannot bring its own key: `jku`, `x5u`, `jwk` and
/// `crit` are refused with everything else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    /// The signature algorithm.
    pub(crate) alg: String,
    /// The kind of token.
    pub(crate) typ: String,
    /// The key that signed.
    pub(crate) kid: String,
}

/// The claims (RFC 7519, section 4.1, and OpenID Connect's `sid`). Instants are whole Unix seconds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claims<'a> {
    /// Who issued the token.
    #[serde(borrow)]
    pub(crate) iss: Cow<'a, str>,
    /// Whom the token is for.
    #[serde(borrow)]
    pub(crate) aud: Cow<'a, str>,
    /// The user's id.
    #[serde(borrow)]
    pub(crate) sub: Cow<'a, str>,
    /// The session's id.
    #[serde(borrow)]
    pub(crate) sid: Cow<'a, str>,
    /// When it was issued.
    pub(crate) iat: i64,
    /// When it ends.
    pub(crate) exp: i64,
}

impl<'a> TokenText<'a> {
    /// Takes a token apart, if it has three parts and an allowed length.
    pub(crate) fn split(token: &'a str) -> Option<Self> {
        if token.len() > MAX_BYTES {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        Some(Self {
            message,
            signature,
            header,
            claims,
        })
    }

    /// The header.
    pub(crate) fn header(&self) -> Option<Header> {
        object::<Header>(&decoded(self.header)?)
    }

    /// The bytes of the claims, to be read with [`Claims::read`] once the signature is good.
    pub(crate) fn claims(&self) -> Option<Vec<u8>> {
        decoded(self.claims)
    }
}

impl<'a> Claims<'a> {
    /// Reads claims.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        object(bytes)
    }
}

/// The bytes of a part: base64url without padding (RFC 7515, section 2).
pub(crate) fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// Reads a JSON object; serde by itself would take an array of the members' values, too.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    if !json.starts_with(b"{") {
        return None;
    }
    serde_json::from_slice(json).ok()
}

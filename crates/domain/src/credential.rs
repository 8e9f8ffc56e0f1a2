//! What a user's storage is opened with. It knows nothing of how it is sealed at rest.

use std::str::FromStr;

use secrecy::SecretString;

use crate::scopes::Scopes;
use crate::text::InvalidText;
use crate::time::Timestamp;

/// The secret that opens a user's storage.
///
/// It has no `Debug`, `Display` or serialised form (G-01); only the services encode it, to seal it.
#[expect(
    missing_debug_implementations,
    reason = "G-01: a credential is never printed, not even redacted"
)]
#[derive(Clone)]
pub enum Credential {
    /// A user name and a password, sent by HTTP Basic authentication (RFC 7617).
    Basic {
        /// The user name at the storage's server.
        username: Username,
        /// The password, best one made for this application.
        password: SecretString,
    },
    /// Tokens that an authorization server gave (RFC 6749).
    OAuth(OAuthTokens),
}

/// The tokens of a grant.
#[expect(
    missing_debug_implementations,
    reason = "G-01: a credential is never printed, not even redacted"
)]
#[derive(Clone)]
pub struct OAuthTokens {
    /// What calls to the storage carry (RFC 6750).
    pub access_token: SecretString,
    /// What gets the next access token.
    pub refresh_token: SecretString,
    /// When the access token was issued, by our clock.
    pub issued_at: Timestamp,
    /// When the access token ends, by our clock.
    pub expires_at: Timestamp,
    /// What the grant covers.
    pub scopes: Scopes,
}

/// A user name at a storage's server: 1 to 255 bytes, no control characters and no colon, which the
/// Basic scheme cannot carry (RFC 7617, section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// The longest name allowed, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = InvalidText;

    fn from_str(name: &str) -> Result<Self, InvalidText> {
        if name.is_empty() {
            return Err(InvalidText::Empty);
        }
        if name.len() > Self::MAX_BYTES {
            return Err(InvalidText::TooLong {
                limit: Self::MAX_BYTES,
                unit: "bytes",
            });
        }
        if name.chars().any(char::is_control) {
            return Err(InvalidText::Forbidden {
                what: "control characters",
            });
        }
        if name.contains(':') {
            return Err(InvalidText::Forbidden { what: "a colon" });
        }
        Ok(Self(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_what_basic_authentication_can_carry() {
        for name in ["a", "änna müller", "anna@example.com", &"x".repeat(255)] {
            assert_eq!(name.parse::<Username>().unwrap().as_str(), name);
        }
        for name in ["", "a:b", "a\0", "a\nb", &"x".repeat(256)] {
            assert!(name.parse::<Username>().is_err(), "{name:?}");
        }
    }
}

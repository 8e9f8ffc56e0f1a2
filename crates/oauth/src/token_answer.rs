//! What a token endpoint gives (RFC 6749, section 5.1). Strict where a mistake would be stored or trusted,
//! lenient where it costs nothing.

use std::fmt;
use std::time::Duration;

use oauth2::basic::BasicTokenType;
use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lifetime::Lifetime;

/// An answer with tokens. A field that comes twice makes it unreadable.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    #[serde(deserialize_with = "access_token")]
    access_token: AccessToken,
    #[serde(deserialize_with = "bearer")]
    token_type: BasicTokenType,
    #[serde(default)]
    expires_in: Lifetime,
    #[serde(default, deserialize_with = "refresh_token")]
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "scopes")]
    scope: Option<Vec<Scope>>,
    #[serde(default)]
    id_token: Option<String>,
}

impl TokenAnswer {
    /// The ID token, still unread.
    pub(crate) fn id_token(&self) -> Option<&str> {
        self.id_token.as_deref()
    }
}

impl TokenResponse for TokenAnswer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        Some(self.expires_in.0)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scope.as_ref()
    }
}

/// `oauth2` asks for it; it shows nothing (G-01).
impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAnswer").finish_non_exhaustive()
    }
}

/// `oauth2` asks for it; it always fails (G-01).
impl Serialize for TokenAnswer {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("tokens are not written down"))
    }
}

fn access_token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccessToken, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_token(&text) {
        Ok(AccessToken::new(text))
    } else {
        Err(D::Error::custom("not a token"))
    }
}

/// An empty one is none: it must never be sent or stored.
fn refresh_token<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<RefreshToken>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        None => Ok(None),
        Some(text) if text.is_empty() => Ok(None),
        Some(text) if is_token(&text) => Ok(Some(RefreshToken::new(text))),
        Some(_) => Err(D::Error::custom("not a token")),
    }
}

/// `token_type` is Bearer, in any case (RFC 6749, section 5.1; RFC 6750).
fn bearer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BasicTokenType, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.eq_ignore_ascii_case("bearer") {
        Ok(BasicTokenType::Bearer)
    } else {
        Err(D::Error::custom("not a bearer token"))
    }
}

/// The scopes, separated by spaces. An empty text is a grant of nothing, which is not the same as silence.
fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Scope>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let scopes = text.map(|text| {
        let words = text.split_ascii_whitespace();
        words.map(|word| Scope::new(word.to_owned())).collect()
    });
    Ok(scopes)
}

/// Visible characters and spaces (RFC 6749, appendices A.12 and A.17), so that it can stand in a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

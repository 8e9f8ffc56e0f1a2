//! Values of the domain as texts of a settings file.

use secrecy::SecretString;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use wharf_domain::ports::oauth::RefreshKind;
use wharf_domain::scopes::Scopes;

/// A text that is a secret.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// Scopes, separated by spaces.
pub(super) fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scopes, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(Scopes::parse(&text))
}

/// `stable`, `overlap` or `strict`.
pub(super) fn refresh_kind<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<RefreshKind, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

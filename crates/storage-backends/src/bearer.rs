//! Access tokens as requests carry them. It knows no provider.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

/// The value of `Authorization` for this token; whoever prints it prints no token (G-01). `None` if the
/// token cannot stand in a header (H-01).
pub(crate) fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret();
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    // G-01, H-01
    #[test]
    fn a_token_goes_into_the_header_and_nowhere_else() {
        let value = bearer(&"a-token".into()).unwrap();
        assert_eq!(value.as_bytes(), b"Bearer a-token");
        assert_eq!(format!("{value:?}"), "Sensitive");
        assert!(bearer(&"a\r\nSet-Cookie: b".into()).is_none());
    }
}

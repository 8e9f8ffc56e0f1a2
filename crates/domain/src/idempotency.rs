//! Keys by which a client makes sure that a request that it sends twice is done once
//! (draft-ietf-httpapi-idempotency-key-header-07). It knows no request.

use std::str::FromStr;

/// A key that a client chose for a request. It may hold anything, so it is kept as a digest only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a string of 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// The longest key allowed, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    /// Reads the header's value: a string in quotation marks (RFC 9651, section 3.3.3), or the same
    /// without them, as many clients send it.
    fn from_str(value: &str) -> Result<Self, InvalidIdempotencyKey> {
        let key = match value.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"').ok_or(InvalidIdempotencyKey)?,
            None => value,
        };
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if key.is_empty() || key.len() > Self::MAX_BYTES || !key.bytes().all(is_plain) {
            return Err(InvalidIdempotencyKey);
        }
        Ok(Self(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn a_key_is_a_string_with_or_without_quotation_marks() {
        for value in ["\"8e03978e\"", "8e03978e"] {
            assert_eq!(
                value.parse::<IdempotencyKey>().unwrap().as_str(),
                "8e03978e"
            );
        }
        let longest = "k".repeat(255);
        assert!(longest.parse::<IdempotencyKey>().is_ok());
        for other in [
            "",
            "\"\"",
            "\"",
            "\"a",
            "a\"",
            "a b",
            "a\\b",
            "\u{e4}",
            &format!("{longest}k"),
        ] {
            assert_eq!(
                other.parse::<IdempotencyKey>(),
                Err(InvalidIdempotencyKey),
                "{other:?}"
            );
        }
    }
}

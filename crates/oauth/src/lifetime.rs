//! How long an access token is good, from what a server says about it.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// Taken where the server does not say, or says nothing readable. Short, for a token that is renewed too
/// early costs a request, and one that is renewed too late a failed call.
const UNTOLD: Duration = Duration::from_mins(5);

/// No access token is taken for good longer, whatever the server says.
const LONGEST: Duration = Duration::from_hours(24);

/// `expires_in` (RFC 6749, section 5.1). It is never a reason to refuse an answer: the refresh token beside
/// it may be the only one that is good from now on.
#[derive(Clone, Copy)]
pub(crate) struct Lifetime(pub(crate) Duration);

impl Default for Lifetime {
    fn default() -> Self {
        Self(UNTOLD)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Number(f64),
    Text(String),
    Other(IgnoredAny),
}

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds: Option<f64> = match Told::deserialize(deserializer)? {
            Told::Number(seconds) => Some(seconds),
            Told::Text(text) => text.trim().parse().ok(),
            Told::Other(_) => None,
        };
        Ok(seconds.map_or_else(Self::default, Self::of_seconds))
    }
}

impl Lifetime {
    fn of_seconds(seconds: f64) -> Self {
        if seconds.is_nan() {
            return Self::default();
        }
        let clamped = seconds.clamp(0.0, LONGEST.as_secs_f64());
        Self(Duration::from_secs_f64(clamped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_lifetime_is_read_and_none_is_absurd() {
        for (told, expected) in [
            ("3599", 3_599.0),
            ("3599.5", 3_599.5),
            (r#""3599""#, 3_599.0),
            ("1", 1.0),
            ("0", 0.0),
            ("-1", 0.0),
            ("-1e300", 0.0),
            ("86400", 86_400.0),
            ("86401", 86_400.0),
            ("18446744073709551616", 86_400.0),
            ("1e300", 86_400.0),
            (r#""NaN""#, 300.0),
            (r#""soon""#, 300.0),
            ("null", 300.0),
            ("[1]", 300.0),
            (r#"{"a":1}"#, 300.0),
        ] {
            let lifetime: Lifetime = serde_json::from_str(told).unwrap();
            assert_eq!(lifetime.0.as_secs_f64(), expected, "{told}");
        }
        assert_eq!(Lifetime::default().0, Duration::from_mins(5));
    }
}

//! The header of an outside token (RFC 7515, section 4). It may say which key signed, and not bring one.

use serde_json::{Map, Value};

/// What a header must not hold: keys of the token's own, addresses of such, and extensions that would
/// have to be understood.
const REFUSED: [&str; 5] = ["jku", "jwk", "x5u", "x5c", "crit"];

/// The kinds of token that are taken: access tokens (RFC 9068, section 2.1), and those of issuers that
/// name none of their kinds.
const TYPES: [&str; 3] = ["at+jwt", "application/at+jwt", "jwt"];

/// A header that may be believed so far.
pub(super) struct Header {
    /// The algorithm that it names.
    pub(super) alg: String,
    /// The key that it names.
    pub(super) kid: String,
}

impl Header {
    pub(super) fn read(members: &Map<String, Value>) -> Option<Self> {
        if REFUSED.iter().any(|name| members.contains_key(*name)) {
            return None;
        }
        let is_taken = match members.get("typ") {
            None => true,
            Some(Value::String(typ)) => TYPES.iter().any(|it| it.eq_ignore_ascii_case(typ)),
            Some(_) => false,
        };
        let text = |name| members.get(name)?.as_str().map(str::to_owned);
        let (alg, kid) = (text("alg")?, text("kid")?);
        is_taken.then_some(Self { alg, kid })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_taken(header: Value) -> bool {
        let Value::Object(members) = header else {
            panic!("{header} is no object");
        };
        Header::read(&members).is_some()
    }

    //
    #[test]
    fn a_header_names_its_algorithm_and_its_key() {
        assert!(is_taken(json!({"alg": "RS256", "kid": "1"})));
        for typ in ["at+jwt", "JWT", "application/AT+JWT"] {
            assert!(is_taken(json!({"alg": "RS256", "kid": "1", "typ": typ})));
        }
        assert!(is_taken(
            json!({"alg": "RS256", "kid": "1", "x5t": "a fingerprint"})
        ));
        for header in [
            json!({"alg": "RS256"}),
            json!({"kid": "1"}),
            json!({"alg": 1, "kid": "1"}),
            json!({"alg": "RS256", "kid": 1}),
            json!({"alg": "RS256", "kid": "1", "typ": "dpop+jwt"}),
            json!({"alg": "RS256", "kid": "1", "typ": 1}),
        ] {
            assert!(!is_taken(header.clone()), "{header}");
        }
    }

    //
    #[test]
    fn a_header_brings_no_key_of_its_own() {
        for name in ["jku", "jwk", "x5u", "x5c", "crit"] {
            let mut header = json!({"alg": "RS256", "kid": "1"});
            header[name] = json!("https://attacker.example.com/keys");
            assert!(!is_taken(header), "{name}");
        }
    }
}

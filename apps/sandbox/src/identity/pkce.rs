//! Proof Key for Code Exchange (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// What an authorization request says its verifier will match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// `S256`: the digest of the verifier.
    S256(String),
    /// `plain`: the verifier itself.
    Plain(String),
}

impl Challenge {
    /// The challenge of a request; an error if it names a method that there is none of.
    pub(crate) fn read(value: Option<&str>, method: Option<&str>) -> Result<Option<Self>, ()> {
        let Some(value) = value.map(str::to_owned) else {
            return Ok(None);
        };
        match method {
            Some("S256") => Ok(Some(Self::S256(value))),
            // Section 4.3: absent means plain.
            Some("plain") | None => Ok(Some(Self::Plain(value))),
            Some(_) => Err(()),
        }
    }

    /// Section 4.6
    pub(crate) fn is_met_by(&self, verifier: &str) -> bool {
        match self {
            Self::S256(challenge) => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *challenge,
            Self::Plain(challenge) => verifier == challenge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_matches() {
        // RFC 7636, appendix B
        let value = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let challenge = Challenge::read(Some(value), Some("S256")).unwrap().unwrap();
        assert!(challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met_by(value));
    }

    #[test]
    fn without_a_method_the_challenge_is_the_verifier() {
        let challenge = Challenge::read(Some("abc"), None).unwrap();
        assert_eq!(challenge, Some(Challenge::Plain("abc".to_owned())));
        assert_eq!(Challenge::read(None, Some("S256")), Ok(None));
        assert_eq!(Challenge::read(Some("abc"), Some("S512")), Err(()));
    }
}

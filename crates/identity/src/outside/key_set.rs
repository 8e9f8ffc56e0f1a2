//! An issuer's keys as it publishes them: a JSON Web Key Set (RFC 7517, section 5). Whatever cannot verify
//! a signature of today's strength is passed over. Knows no token.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// More than any issuer signs with at a time.
const MAX_KEYS: usize = 100;

/// The shortest RSA modulus, in bytes (NIST SP 800-131A: 2048 bits).
const MIN_MODULUS_BYTES: usize = 256;

/// A key, and the one algorithm that it is for (A-01).
#[derive(Clone)]
pub(super) struct IssuerKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl IssuerKey {
    /// The algorithm's registered name (RFC 7518, section 3.1).
    pub(super) const fn algorithm_name(&self) -> &'static str {
        match self.algorithm {
            Algorithm::RS256 => "RS256",
            Algorithm::RS384 => "RS384",
            Algorithm::RS512 => "RS512",
            Algorithm::PS256 => "PS256",
            Algorithm::PS384 => "PS384",
            Algorithm::PS512 => "PS512",
            Algorithm::ES256 => "ES256",
            Algorithm::ES384 => "ES384",
            Algorithm::EdDSA => "EdDSA",
            // Shared secrets are no issuer's keys; none of these is read below.
            _ => "none",
        }
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The usable keys of a set, by their ids; `None` if it is no set.
pub(super) fn read(json: &[u8]) -> Option<HashMap<String, IssuerKey>> {
    let document: Document = serde_json::from_slice(json).ok()?;
    let keys = document.keys.into_iter().take(MAX_KEYS);
    Some(keys.filter_map(key).collect())
}

fn key(value: Value) -> Option<(String, IssuerKey)> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let common = &jwk.common;
    if !matches!(&common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    let algorithm = match (&jwk.algorithm, common.key_algorithm) {
        (AlgorithmParameters::RSA(rsa), named) => {
            let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).ok()?;
            let modulus = modulus.iter().skip_while(|byte| **byte == 0).count();
            if modulus < MIN_MODULUS_BYTES {
                return None;
            }
            rsa_algorithm(named)?
        }
        (AlgorithmParameters::EllipticCurve(ec), named) => {
            let (algorithm, name) = match ec.curve {
                EllipticCurve::P256 => (Algorithm::ES256, KeyAlgorithm::ES256),
                EllipticCurve::P384 => (Algorithm::ES384, KeyAlgorithm::ES384),
                _ => return None,
            };
            named.is_none_or(|it| it == name).then_some(algorithm)?
        }
        (AlgorithmParameters::OctetKeyPair(pair), named) => {
            let is_ed25519 = pair.curve == EllipticCurve::Ed25519;
            let is_named = named.is_none_or(|it| it == KeyAlgorithm::EdDSA);
            (is_ed25519 && is_named).then_some(Algorithm::EdDSA)?
        }
        _ => return None,
    };
    let id = common.key_id.clone()?;
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some((id, IssuerKey { algorithm, key }))
}

/// RSA keys sign in several ways. One that names none signs as all issuers can (RFC 7518, section 3.3).
const fn rsa_algorithm(named: Option<KeyAlgorithm>) -> Option<Algorithm> {
    Some(match named {
        None | Some(KeyAlgorithm::RS256) => Algorithm::RS256,
        Some(KeyAlgorithm::RS384) => Algorithm::RS384,
        Some(KeyAlgorithm::RS512) => Algorithm::RS512,
        Some(KeyAlgorithm::PS256) => Algorithm::PS256,
        Some(KeyAlgorithm::PS384) => Algorithm::PS384,
        Some(KeyAlgorithm::PS512) => Algorithm::PS512,
        Some(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The public key of RFC 8037, appendix A.2.
    const ED25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    /// The public key of RFC 7515, appendix A.3.
    const P256: [&str; 2] = [
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    ];

    fn read_one(key: &Value) -> Vec<(String, &'static str)> {
        let set = json!({"keys": [key], "more": 1}).to_string();
        let keys = read(set.as_bytes()).unwrap();
        let named = keys.iter();
        named
            .map(|(id, key)| (id.clone(), key.algorithm_name()))
            .collect()
    }

    fn rsa(modulus_bytes: usize) -> Value {
        let modulus = URL_SAFE_NO_PAD.encode(vec![0xff; modulus_bytes]);
        json!({"kty": "RSA", "kid": "a", "n": modulus, "e": "AQAB"})
    }

    // A-01
    #[test]
    fn a_key_is_for_one_algorithm() {
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": ED25519});
        assert_eq!(read_one(&ed), [("a".to_owned(), "EdDSA")]);
        let [x, y] = P256;
        let ec = json!({"kty": "EC", "crv": "P-256", "kid": "b", "x": x, "y": y, "use": "sig"});
        assert_eq!(read_one(&ec), [("b".to_owned(), "ES256")]);
        assert_eq!(read_one(&rsa(256)), [("a".to_owned(), "RS256")]);
        let mut pss = rsa(256);
        pss["alg"] = json!("PS256");
        assert_eq!(read_one(&pss), [("a".to_owned(), "PS256")]);
    }

    // A-01
    #[test]
    fn what_cannot_verify_is_passed_over() {
        let [x, y] = P256;
        let mut encrypting = rsa(256);
        encrypting["alg"] = json!("RSA-OAEP");
        let mut other_use = rsa(256);
        other_use["use"] = json!("enc");
        let mut nameless = rsa(256);
        nameless.as_object_mut().unwrap().remove("kid");
        for key in [
            json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0", "alg": "HS256"}),
            json!({"kty": "EC", "crv": "P-521", "kid": "a", "x": x, "y": y}),
            json!({"kty": "EC", "crv": "P-256", "kid": "a", "x": x, "y": y, "alg": "ES384"}),
            json!({"kty": "new", "kid": "a"}),
            json!("a key"),
            rsa(128),
            encrypting,
            other_use,
            nameless,
        ] {
            assert_eq!(read_one(&key), [], "{key}");
        }
    }

    #[test]
    fn what_is_no_set_is_none() {
        for text in ["", "{}", "[]", "<html>", r#"{"keys": {}}"#] {
            assert!(read(text.as_bytes()).is_none(), "{text:?}");
        }
    }
}

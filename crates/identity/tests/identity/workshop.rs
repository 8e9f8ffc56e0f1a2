//! Keys, clocks, and tokens made by hand with any header and any claims.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use wharf_crypto::Keyring;
use wharf_domain::ports::tokens::{AccessClaims, TokenRefusal, Tokens as _};
use wharf_domain::time::{Clock, Timestamp};
use wharf_identity::AccessTokens;

pub(crate) const ISSUER: &str = "https://wharf.example.org";
pub(crate) const NOW: i64 = 1_795_421_730;
pub(crate) const USER: &str = "019ab0a5-7c3e-7b2d-9f10-3c5d7e9f1a2b";
pub(crate) const SESSION: &str = "019ab0a6-1d4f-7a6c-8e21-5b7f90a1c3d5";

/// A signing key: its id, and a seed of random bytes.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) kid: &'static str,
    seed: &'static str,
}

pub(crate) const ELDER: Key = Key {
    kid: "5b3f0c5f7f0e4f0f8ed0c3a1b2d49e67",
    seed: "WN7Ff0Q2oqk3d9l1z1hJx5cE2V3y8mTtq0aB4uR6sKc",
};
pub(crate) const YOUNGER: Key = Key {
    kid: "c2a9d1e4760b4b7a93f85e2d10b7fa3c",
    seed: "pX3vL8nD0eG5yTq2WmZ7hRk9BfUa1CjS6oIx4NwEbKs",
};
const SEALING: Key = Key {
    kid: "7e1d2c3b4a5968778695a4b3c2d1e0f9",
    seed: "h7Jq2mVx0LkT9sRz4YwB8nCf1GdP6aEu3XoKi5MtWcQ",
};

/// A keyring whose first key signs; all of them are accepted.
pub(crate) fn keyring(signing: &[Key]) -> Keyring {
    let entry = |key: &Key, is_primary: bool| json!({"id": key.kid, "primary": is_primary, "key": key.seed});
    let signing: Vec<Value> = signing
        .iter()
        .enumerate()
        .map(|(place, key)| entry(key, place == 0))
        .collect();
    let file = json!({
        "version": 1,
        "sealing_keys": [entry(&SEALING, true)],
        "signing_keys": signing,
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    fs::write(&path, file.to_string()).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    Keyring::load(&path).unwrap()
}

struct StoppedClock(i64);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0)
    }
}

/// The product with these keys at this time.
pub(crate) fn tokens_at(now: i64, keys: &[Key]) -> AccessTokens {
    AccessTokens::new(&keyring(keys), ISSUER, Arc::new(StoppedClock(now)))
}

/// What the product, with the elder key, makes of a token at [`NOW`].
pub(crate) fn verdict(token: &str) -> Result<AccessClaims, TokenRefusal> {
    tokens_at(NOW, &[ELDER]).verify(token)
}

pub(crate) fn good_claims() -> AccessClaims {
    AccessClaims {
        user: USER.parse().unwrap(),
        session: SESSION.parse().unwrap(),
    }
}

/// A header that the product would write.
pub(crate) fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "EdDSA", "kid": ELDER.kid})
}

/// Claims that the product would have written a minute ago.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "wharf", "sub": USER, "sid": SESSION,
        "iat": NOW - 60, "exp": NOW + 540,
    })
}

/// An object with one member replaced or added.
pub(crate) fn with(mut object: Value, member: &str, value: Value) -> Value {
    object
        .as_object_mut()
        .unwrap()
        .insert(member.to_owned(), value);
    object
}

/// An object without one of its members.
pub(crate) fn without(mut object: Value, member: &str) -> Value {
    object.as_object_mut().unwrap().remove(member).unwrap();
    object
}

/// The names of an object's members.
pub(crate) fn members(object: &Value) -> Vec<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// An object's text with one member written a second time, with another value, at the end.
pub(crate) fn doubled(object: &Value, member: &str, value: &Value) -> String {
    let text = object.to_string();
    format!("{},\"{member}\":{value}}}", text.strip_suffix('}').unwrap())
}

/// A token with this header and these claims, whatever they are, well signed by the elder key.
pub(crate) fn signed(header: impl ToString, claims: impl ToString) -> String {
    signed_by(ELDER, header, claims)
}

pub(crate) fn signed_by(key: Key, header: impl ToString, claims: impl ToString) -> String {
    let message = unsigned(header, claims);
    let signature = crypto::sign(message.as_bytes(), &encoding_key(key), Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the cases read better without borrows"
)]
pub(crate) fn unsigned(header: impl ToString, claims: impl ToString) -> String {
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    format!("{header}.{claims}")
}

pub(crate) fn encoding_key(key: Key) -> EncodingKey {
    // PKCS #8 as in RFC 8410, section 10.3.
    let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
    der.extend(URL_SAFE_NO_PAD.decode(key.seed).unwrap());
    EncodingKey::from_ed_der(&der)
}

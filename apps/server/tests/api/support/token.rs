//! Access tokens taken apart and put together again, also by the server's own key.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

/// What precedes an Ed25519 seed in PKCS #8 (RFC 8410, section 7).
const PKCS8_PREFIX: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// The parts of a token (RFC 7515, section 3.1).
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) signature: String,
}

impl Token {
    pub(crate) fn parse(text: &str) -> Self {
        let parts: Vec<_> = text.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            panic!("a token has three parts")
        };
        let read = |part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        Self {
            header: read(header),
            claims: read(claims),
            signature: signature.to_owned(),
        }
    }

    pub(crate) fn text(&self) -> String {
        format!("{}.{}", self.signed_part(), self.signature)
    }

    /// The token with the signature that belongs to its content.
    pub(crate) fn signed_by(mut self, key: &EncodingKey) -> String {
        let message = self.signed_part();
        self.signature = crypto::sign(message.as_bytes(), key, Algorithm::EdDSA).unwrap();
        self.text()
    }

    fn signed_part(&self) -> String {
        let write = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}", write(&self.header), write(&self.claims))
    }
}

/// The key that a server with this data folder signs with.
pub(crate) fn signing_key(data_dir: &Path) -> EncodingKey {
    let keyring = std::fs::read(data_dir.join("keyring.json")).unwrap();
    let keyring: Value = serde_json::from_slice(&keyring).unwrap();
    let seed = keyring["signing_keys"][0]["key"].as_str().unwrap();
    key_of_seed(&URL_SAFE_NO_PAD.decode(seed).unwrap())
}

/// The key made of a seed (RFC 8032, section 5.1.5).
pub(crate) fn key_of_seed(seed: &[u8]) -> EncodingKey {
    EncodingKey::from_ed_der(&[PKCS8_PREFIX, seed].concat())
}

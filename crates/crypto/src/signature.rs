//! Signatures that others can check without any secret: Ed25519 (RFC 8032).
//!
//! Knows nothing of what is signed. Tokens are signed elsewhere, with keys of their own: a key here is
//! [derived](crate::derived) under a label, so that what one use signs is never good for another
//! (K-02).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, VerifyingKey};
use secrecy::{ExposeSecret as _, SecretBox};

use crate::digest::sha256;
use crate::error::ParsePublicKeyError;

/// The length of a signature in bytes.
pub const SIGNATURE_BYTES: usize = 64;

/// Signs. Its key is erased from memory when it is dropped.
pub struct Signer(ed25519_dalek::SigningKey);

impl Signer {
    /// The signer with this seed, which is for one use only.
    pub(crate) fn new(seed: &SecretBox<[u8; 32]>) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed.expose_secret()))
    }

    /// What its signatures are checked with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs these bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.0.sign(message).to_bytes()
    }
}

/// Shows the public key alone (G-01).
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("public_key", &self.public_key())
            .finish_non_exhaustive()
    }
}

/// Checks signatures. Its text is `ed25519:` and the base64url of its 32 bytes, without padding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    const PREFIX: &'static str = "ed25519:";

    /// A short name for the key: the first half of the SHA-256 of its bytes. Nobody can make another
    /// key of the same name on purpose.
    #[must_use]
    pub fn id(&self) -> [u8; 16] {
        let digest = sha256(self.0.as_bytes());
        *digest.first_chunk().expect("16 are fewer than 32")
    }

    /// Whether the key's owner signed exactly these bytes. Signatures that some implementations would
    /// accept and others refuse are refused.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = URL_SAFE_NO_PAD.encode(self.0.as_bytes());
        write!(f, "{}{text}", Self::PREFIX)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = ParsePublicKeyError;

    /// Reads the one spelling that `Display` writes. Keys under which anything verifies are refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.strip_prefix(Self::PREFIX).ok_or(ParsePublicKeyError)?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes);
        let bytes: [u8; 32] = bytes
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(ParsePublicKeyError)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| ParsePublicKeyError)?;
        if key.is_weak() {
            return Err(ParsePublicKeyError);
        }
        Ok(Self(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 3.
    const PUBLIC: [u8; 32] = [
        0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0, 0x02, 0x30, 0xf0,
        0x58, 0x08, 0x16, 0xed, 0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90,
        0x80, 0x25,
    ];
    const SEED: [u8; 32] = [
        0xc5, 0xaa, 0x8d, 0xf4, 0x3f, 0x9f, 0x83, 0x7b, 0xed, 0xb7, 0x44, 0x2f, 0x31, 0xdc, 0xb7,
        0xb1, 0x66, 0xd3, 0x85, 0x35, 0x07, 0x6f, 0x09, 0x4b, 0x85, 0xce, 0x3a, 0x2e, 0x0b, 0x44,
        0x58, 0xf7,
    ];
    const MESSAGE: [u8; 2] = [0xaf, 0x82];
    const SIGNATURE: [u8; SIGNATURE_BYTES] = [
        0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a, 0xbe, 0x01,
        0xa3, 0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb, 0x5a,
        0xc3, 0xac, 0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98,
        0x4d, 0xc6, 0x59, 0x4a, 0x7c, 0x15, 0xe9, 0x71, 0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce,
        0xea, 0x1e, 0xc4, 0x0a,
    ];

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn seed(bytes: [u8; 32]) -> SecretBox<[u8; 32]> {
        SecretBox::new(Box::new(bytes))
    }

    #[test]
    fn signatures_are_those_of_rfc_8032() {
        let signer = Signer(ed25519_dalek::SigningKey::from_bytes(&SEED));
        assert_eq!(signer.sign(&MESSAGE), SIGNATURE);
        assert_eq!(signer.public_key().0.as_bytes(), &PUBLIC);
        assert!(signer.public_key().verifies(&MESSAGE, &SIGNATURE));
    }

    #[test]
    fn every_other_message_key_or_signature_is_refused() {
        let signer = Signer::new(&seed([7; 32]));
        let public = signer.public_key();
        let signature = signer.sign(b"message");
        assert!(public.verifies(b"message", &signature));
        assert!(!public.verifies(b"Message", &signature));
        for bit in 0..SIGNATURE_BYTES * 8 {
            let mut altered = signature;
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(!public.verifies(b"message", &altered), "bit {bit}");
        }
        let other = Signer::new(&seed([8; 32])).public_key();
        assert!(!other.verifies(b"message", &signature));
    }

    #[test]
    fn a_public_key_has_one_text() {
        let text = "ed25519:_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU";
        let public: PublicKey = text.parse().unwrap();
        assert_eq!(public.to_string(), text);
        assert_eq!(public.0.as_bytes(), &PUBLIC);
        assert_eq!(format!("{public:?}"), format!("PublicKey({text})"));
        let weak = format!("ed25519:{}", URL_SAFE_NO_PAD.encode([0; 32]));
        for other in [
            "",
            "_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU",
            "ed25519:_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=",
            "ed25519:/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU",
            "ed25519:_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQ",
            &weak,
        ] {
            assert_eq!(
                other.parse::<PublicKey>(),
                Err(ParsePublicKeyError),
                "{other}"
            );
        }
    }

    // SHA-256 of the key, computed with sha256sum.
    #[test]
    fn the_name_of_a_key_is_half_its_digest() {
        let signer = Signer(ed25519_dalek::SigningKey::from_bytes(&SEED));
        assert_eq!(
            hex(&signer.public_key().id()),
            "dac073e0123bdea59dd9b3bda9cf6037"
        );
    }

    // G-01
    #[test]
    fn debug_shows_the_public_key_alone() {
        let signer = Signer(ed25519_dalek::SigningKey::from_bytes(&SEED));
        let shown = format!("{signer:?}");
        assert_eq!(
            shown,
            "Signer { public_key: PublicKey(ed25519:_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU), .. }"
        );
    }
}

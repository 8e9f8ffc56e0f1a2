//! Ed25519 keys in the forms that the token library takes. Knows no token.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use secrecy::{ExposeSecret as _, SecretBox, SecretSlice};

/// A PKCS #8 private key up to its 32-byte seed (RFC 8410, sections 7 and 10.3).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The key that signs, and the one that verifies what it signed.
pub(crate) fn key_pair(seed: &SecretBox<[u8; 32]>) -> (EncodingKey, DecodingKey) {
    let der = [&PKCS8_PREFIX[..], seed.expose_secret()].concat();
    let der = SecretSlice::from(der);
    let signing = EncodingKey::from_ed_der(der.expose_secret());
    let verifying = Jwk::from_encoding_key(&signing, Algorithm::EdDSA)
        .and_then(|public| DecodingKey::from_jwk(&public))
        .expect("any 32 bytes are an Ed25519 seed (RFC 8032, section 5.1.5)");
    (signing, verifying)
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::crypto::{sign, verify};

    use super::*;

    /// RFC 8037, appendix A.1: the private key `d`.
    const SEED: [u8; 32] = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ];

    /// RFC 8037, appendix A.4: the signing input and its signature.
    const MESSAGE: &[u8] = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const SIGNATURE: &str =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    #[test]
    fn signatures_are_those_of_rfc_8037() {
        let (signing, verifying) = key_pair(&SecretBox::new(Box::new(SEED)));

        assert_eq!(
            sign(MESSAGE, &signing, Algorithm::EdDSA).unwrap(),
            SIGNATURE
        );
        assert!(verify(SIGNATURE, MESSAGE, &verifying, Algorithm::EdDSA).unwrap());
        assert!(!verify(SIGNATURE, b"another", &verifying, Algorithm::EdDSA).unwrap());
    }
}

//! SHA-256 over content that streams by, and comparison in constant time.
//!
//! Knows neither where the bytes come from nor what the digest is compared with.

use sha2::Digest as _;
use subtle::ConstantTimeEq as _;

/// SHA-256 over bytes that arrive in pieces (FIPS 180-4).
#[derive(Clone, Debug, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Starts over nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next piece; how the content is cut into pieces does not matter.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// Ends with the digest of everything added.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// SHA-256 of bytes that are all there.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(bytes).into()
}

/// Whether two secrets are equal, in a time that tells nothing but their lengths (K-10).
#[must_use]
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256("abc"), FIPS 180-4 example (NIST "SHA256.pdf", one-block message).
    const OF_ABC: [u8; 32] = [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22,
        0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00,
        0x15, 0xad,
    ];

    #[test]
    fn known_answer_in_one_piece_and_in_many() {
        let mut hasher = Sha256::new();
        for piece in [&b"a"[..], b"", b"bc"] {
            hasher.update(piece);
        }

        assert_eq!(hasher.finish(), OF_ABC);
        assert_eq!(sha256(b"abc"), OF_ABC);
    }

    #[test]
    fn equality_is_of_content_and_length() {
        assert!(constant_time_eq(b"", b""));
        assert!(constant_time_eq(b"token", b"token"));
        assert!(!constant_time_eq(b"token", b"tokeN"));
        assert!(!constant_time_eq(b"token", b"token\0"));
        assert!(!constant_time_eq(b"token", b""));
    }
}

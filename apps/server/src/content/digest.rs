//! How a SHA-256 is written in the header `Repr-Digest`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wharf::domain::document::Sha256Digest;

/// The header with the digest of the whole content, whichever part is sent (RFC 9530, section 3).
pub(crate) const REPR_DIGEST: &str = "Repr-Digest";

/// The value of the `Repr-Digest` header.
pub(crate) fn repr_digest(digest: &Sha256Digest) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The representation and its digest are those of RFC 9530, appendix B.1.
    #[test]
    fn a_digest_is_written_as_in_rfc_9530() {
        let digest = Sha256Digest([
            0x44, 0xaf, 0xf4, 0xab, 0x2d, 0x7c, 0x32, 0x50, 0x52, 0x56, 0x75, 0xa0, 0x8f, 0x0c,
            0xfa, 0x95, 0x91, 0x16, 0x8c, 0xff, 0xe5, 0x17, 0x91, 0xc5, 0xf5, 0xbb, 0xc4, 0x17,
            0xc1, 0x5a, 0x6c, 0x38,
        ]);
        assert_eq!(
            repr_digest(&digest),
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
        );
    }
}

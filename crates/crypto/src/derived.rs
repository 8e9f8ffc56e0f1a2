//! Keys that are made of another by a label, so that one that is found out tells nothing of the others.
//!
//! Sealing and token signing have keys of their own in the key file. Whatever else needs one derives it
//! here from a signing key's seed, by HKDF-SHA256 (RFC 5869) without a salt. A derived key is named by the
//! id of the key that it is made of.

use hkdf::Hkdf;
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;

use crate::signing_key::SigningKey;

/// Stands before every label, so that what is derived here is derived nowhere else.
const DOMAIN: &[u8] = b"wharf derived key 1: ";

/// What a derived key is for. Labels are for good: another label is another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DerivedKey {
    /// The seed of the Ed25519 key that signs checkpoints of the audit trail.
    AuditCheckpoint,
    /// Set aside for digests that stand for names in audit events (HMAC-SHA256); nothing uses it yet.
    AuditDigest,
}

impl DerivedKey {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::AuditCheckpoint, Self::AuditDigest];

    /// The label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AuditCheckpoint => "audit.checkpoint",
            Self::AuditDigest => "audit.digest",
        }
    }
}

impl SigningKey {
    /// The key of this label that belongs to this one.
    #[must_use]
    pub fn derive(&self, key: DerivedKey) -> SecretBox<[u8; 32]> {
        let mut derived = SecretBox::new(Box::new([0; 32]));
        let info = [DOMAIN, key.label().as_bytes()];
        let seed = self.seed().expose_secret();
        Hkdf::<Sha256>::new(None, seed)
            .expand_multi_info(
                &info,
                secrecy::ExposeSecretMut::expose_secret_mut(&mut derived),
            )
            .expect("HKDF-SHA256 gives up to 8160 bytes");
        derived
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::digest::sha256;
    use crate::key_id::KeyId;

    fn signing_key() -> SigningKey {
        let seed = SecretBox::new(Box::new(sha256(b"signing seed")));
        SigningKey::new(KeyId::from_bytes([7; 16]), seed)
    }

    // K-02: the table of labels, which never changes but for new rows.
    #[test]
    fn the_labels_are_these_and_no_two_are_alike() {
        let labels = DerivedKey::ALL.map(DerivedKey::label);

        assert_eq!(labels, ["audit.checkpoint", "audit.digest"]);
        assert_eq!(BTreeSet::from(labels).len(), labels.len());
    }

    // K-02: known answers of Python's hmac module, by RFC 5869's own formulas:
    //   prk = hmac.digest(bytes(32), sha256(b"signing seed"), "sha256")
    //   hmac.digest(prk, b"wharf derived key 1: audit.checkpoint\x01", "sha256")
    #[test]
    fn each_label_gives_its_known_key() {
        let key = signing_key();
        for (label, expected) in [
            (
                DerivedKey::AuditCheckpoint,
                "e7397b30f69760abbabda992e0950124ab5980e37959f0596bfe13e739a1d554",
            ),
            (
                DerivedKey::AuditDigest,
                "e50705594f7aa0c79968fb800ee192107206479307ae13a3491cf8bb276a16ce",
            ),
        ] {
            let derived = key.derive(label);
            let hex: String = derived
                .expose_secret()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(hex, expected, "{label:?}");
        }
    }

    #[test]
    fn no_derived_key_is_the_seed_or_another_seed_s() {
        let other = SigningKey::generate().unwrap();
        for label in DerivedKey::ALL {
            let derived = signing_key().derive(label);
            assert_ne!(
                derived.expose_secret(),
                signing_key().seed().expose_secret()
            );
            assert_ne!(derived.expose_secret(), other.derive(label).expose_secret());
        }
    }
}

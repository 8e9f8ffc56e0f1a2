//! One key that seals and opens records. Both levels are made of it: the operator's keys in the
//! [keyring](crate::keyring) and the [data keys](crate::data_key) they wrap.
//!
//! Knows nothing of files, or of which of several keys to take.

use std::fmt;

use secrecy::SecretSlice;

use crate::cipher::{self, Key, NONCE_BYTES};
use crate::context::{Context, Purpose};
use crate::error::{OpenError, RandomError, SealError};
use crate::key_id::KeyId;
use crate::random;
use crate::record::{Record, associated_data};

/// 256 bits for XChaCha20-Poly1305 and the id that records name them by.
pub(crate) struct SealingKey {
    id: KeyId,
    key: Key,
}

impl SealingKey {
    pub(crate) fn new(id: KeyId, key: Key) -> Self {
        Self { id, key }
    }

    pub(crate) fn generate() -> Result<Self, RandomError> {
        Ok(Self::new(KeyId::generate()?, random::key()?))
    }

    pub(crate) fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Seals under a nonce that is fresh from the operating system each time (K-01).
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        context: &Context,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        self.seal_with_nonce(&random::array()?, purpose, context, plaintext)
    }

    /// Opens a record that names this key. Whatever is wrong with it, the answer is one and the same,
    /// so that nobody learns from it which part they got right (K-10).
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        context: &Context,
        record: &Record<'_>,
    ) -> Result<SecretSlice<u8>, OpenError> {
        if record.key_id != self.id {
            return Err(OpenError::KeyUnavailable { id: record.key_id });
        }
        cipher::decrypt(
            &self.key,
            record.nonce,
            &associated_data(self.id, purpose, context),
            record.ciphertext,
            record.tag,
        )
        .map_err(|_| OpenError::Refused)
    }

    /// The nonce is a parameter here alone, for the known-answer test.
    fn seal_with_nonce(
        &self,
        nonce: &[u8; NONCE_BYTES],
        purpose: Purpose,
        context: &Context,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let associated_data = associated_data(self.id, purpose, context);
        let (ciphertext, tag) = cipher::encrypt(&self.key, nonce, &associated_data, plaintext)
            .map_err(|_| SealError::TooLong)?;
        let record = Record {
            key_id: self.id,
            nonce,
            ciphertext: &ciphertext,
            tag: &tag,
        };
        Ok(record.to_bytes())
    }
}

/// Shows the id alone (G-01).
impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::digest::sha256;

    const PURPOSE: Purpose = Purpose::new("test.value");

    // K-03: the expected bytes come from libsodium, see tests/crypto/golden/make.py.
    #[test]
    fn seals_the_golden_record() {
        let id = KeyId::from_bytes(*sha256(b"data key id").first_chunk().unwrap());
        let key = SealingKey::new(id, Key::new(Box::new(sha256(b"data key"))));
        let context = Context::new()
            .field("owner", "alice")
            .field("version", 7_u32.to_be_bytes());

        let record = key
            .seal_with_nonce(
                sha256(b"second nonce").first_chunk().unwrap(),
                PURPOSE,
                &context,
                b"correct horse battery staple",
            )
            .unwrap();

        let hex: String = record.iter().map(|byte| format!("{byte:02x}")).collect();
        let golden = include_str!("../tests/crypto/golden/value.hex");
        assert_eq!(hex, golden.trim_end());
    }

    // K-01: a subset of 10^6 that a debug build gets through in a moment.
    #[test]
    fn nonces_do_not_repeat() {
        const SEALS: usize = 100_000;
        let key = SealingKey::generate().unwrap();
        let context = Context::new();
        let nonces: HashSet<[u8; NONCE_BYTES]> = (0..SEALS)
            .map(|_| key.seal(PURPOSE, &context, b"").unwrap())
            .map(|record| *Record::parse(&record).unwrap().nonce)
            .collect();

        assert_eq!(nonces.len(), SEALS);
    }

    // G-01
    #[test]
    fn debug_shows_the_id_alone() {
        let id = KeyId::from_bytes([0xab; 16]);
        let key = SealingKey::new(id, Key::new(Box::new([0xcd; 32])));

        assert_eq!(
            format!("{key:?}"),
            "SealingKey { id: KeyId(abababababababababababababababab), .. }"
        );
    }
}

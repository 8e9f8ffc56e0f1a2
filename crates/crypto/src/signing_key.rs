//! The seed of a token-signing key. Signing itself belongs to whoever issues tokens.

use std::fmt;

use secrecy::SecretBox;

use crate::error::RandomError;
use crate::key_id::KeyId;
use crate::random;

/// An Ed25519 seed (the private key of RFC 8032, section 5.1.5) and the `kid` that tokens name it by.
pub struct SigningKey {
    kid: KeyId,
    seed: SecretBox<[u8; 32]>,
}

impl SigningKey {
    pub(crate) fn new(kid: KeyId, seed: SecretBox<[u8; 32]>) -> Self {
        Self { kid, seed }
    }

    pub(crate) fn generate() -> Result<Self, RandomError> {
        Ok(Self::new(KeyId::generate()?, random::key()?))
    }

    /// The id for the `kid` header of tokens.
    #[must_use]
    pub fn kid(&self) -> KeyId {
        self.kid
    }

    /// The 32 bytes from which private and public key are derived.
    #[must_use]
    pub fn seed(&self) -> &SecretBox<[u8; 32]> {
        &self.seed
    }
}

/// Shows the id alone (G-01).
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

//! The inner of the two levels: a random key that seals one owner's values, itself kept only wrapped
//! by the operator's [keyring](crate::keyring). Destroying its wrapped record destroys the values.
//!
//! Knows neither the owner nor where the wrapped record lies.

use secrecy::{ExposeSecret as _, SecretSlice};
use zeroize::Zeroizing;

use crate::cipher::{KEY_BYTES, Key};
use crate::context::{Context, Purpose};
use crate::error::{OpenError, RandomError, SealError};
use crate::key_id::KeyId;
use crate::record::Record;
use crate::seal::SealingKey;

/// A 256-bit key that seals and opens values. Erased from memory when dropped; not `Clone`.
#[derive(Debug)]
pub struct DataKey(SealingKey);

impl DataKey {
    /// Makes a new key with a new id.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, RandomError> {
        SealingKey::generate().map(Self)
    }

    /// The id that this key's records carry.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.0.id()
    }

    /// Seals `plaintext` so that it opens only under this key, this purpose and this context.
    ///
    /// The record is 58 bytes longer than the plaintext; two records of the same plaintext differ.
    ///
    /// # Errors
    /// [`SealError::Random`] without random bytes for a nonce, [`SealError::TooLong`] beyond the
    /// cipher's 256 GiB.
    pub fn seal(
        &self,
        purpose: Purpose,
        context: &Context,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        self.0.seal(purpose, context, plaintext)
    }

    /// Opens what [`DataKey::seal`] made with the same purpose and context.
    ///
    /// # Errors
    /// [`OpenError::KeyUnavailable`] if the record names another key, [`OpenError::Refused`] for
    /// everything else.
    pub fn open(
        &self,
        purpose: Purpose,
        context: &Context,
        record: &[u8],
    ) -> Result<SecretSlice<u8>, OpenError> {
        let record = Record::parse(record).ok_or(OpenError::Refused)?;
        self.0.open(purpose, context, &record)
    }

    /// What the keyring seals of it: its id, then its key.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(KeyId::BYTES + KEY_BYTES));
        bytes.extend_from_slice(&self.id().to_bytes());
        bytes.extend_from_slice(self.0.key().expose_secret());
        bytes
    }

    /// The inverse of [`DataKey::to_bytes`], or `None` for any other length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, key) = bytes.split_first_chunk()?;
        let key = Key::new(Box::new(*key.as_array()?));
        Some(Self(SealingKey::new(KeyId::from_bytes(*id), key)))
    }
}

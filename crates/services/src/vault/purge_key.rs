//! The key of one erasure: it seals what is still needed of a deleted user's credentials, and is
//! destroyed with the last of them (K-08). It knows no row.

use secrecy::SecretSlice;
use wharf_crypto::{Context as SealContext, DataKey, Purpose};
use wharf_domain::id::{ErasureId, StepId};
use wharf_domain::user::WrappedDataKey;

use super::{Vault, VaultError};

const ERASURE_CREDENTIAL: Purpose = Purpose::new("erasure.credential");

/// The key of one erasure.
pub(crate) struct PurgeKey {
    erasure: ErasureId,
    key: DataKey,
}

impl Vault {
    /// Makes the key of a new erasure.
    pub(crate) fn new_purge_key(
        &self,
        erasure: ErasureId,
    ) -> Result<(PurgeKey, WrappedDataKey), VaultError> {
        let key = DataKey::generate()?;
        let wrapped = self.keyring.wrap(&key_context(erasure), &key)?;
        Ok((PurgeKey { erasure, key }, WrappedDataKey(wrapped)))
    }

    /// The key of an erasure that is under way.
    pub(crate) fn purge_key(
        &self,
        erasure: ErasureId,
        wrapped: &WrappedDataKey,
    ) -> Result<PurgeKey, VaultError> {
        let key = self.unwrap_key(&key_context(erasure), wrapped)?;
        Ok(PurgeKey { erasure, key })
    }
}

impl PurgeKey {
    /// Seals a part's credential of this version.
    pub(crate) fn seal(
        &self,
        part: StepId,
        version: u32,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let context = self.context(part, version);
        Ok(self.key.seal(ERASURE_CREDENTIAL, &context, plaintext)?)
    }

    /// Opens a part's credential of this version.
    pub(crate) fn open(
        &self,
        part: StepId,
        version: u32,
        record: &[u8],
    ) -> Result<SecretSlice<u8>, VaultError> {
        let context = self.context(part, version);
        let opened = self.key.open(ERASURE_CREDENTIAL, &context, record);
        opened.map_err(|_| VaultError::Refused)
    }

    fn context(&self, part: StepId, version: u32) -> SealContext {
        key_context(self.erasure)
            .field("part", part.as_bytes())
            .field("credential_version", version.to_be_bytes())
    }
}

fn key_context(erasure: ErasureId) -> SealContext {
    SealContext::new().field("erasure", erasure.as_bytes())
}

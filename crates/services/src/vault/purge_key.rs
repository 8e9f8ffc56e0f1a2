//! The key of one erasure: it seals what is still needed of a deleted user's credentials, and is
//! destroyed with the last of them (K-08). It knows no row.

use secrecy::SecretSlice;
use wharf_crypto::{Context as SealContext, DataKey, OpenError, Purpose};
use wharf_domain::erasure::Erasure;
use wharf_domain::event::Resource;
use wharf_domain::id::{ErasureId, StepId, UserId};
use wharf_domain::user::WrappedDataKey;

use super::{DATA_KEY, Vault, VaultError};

pub(super) const ERASURE_CREDENTIAL: Purpose = Purpose::new("erasure.credential");

/// The key of one erasure.
pub(crate) struct PurgeKey {
    erasure: ErasureId,
    user: UserId,
    key: DataKey,
    vault: Vault,
}

impl Vault {
    /// Makes the key of a new erasure of this user's account.
    pub(crate) fn new_purge_key(
        &self,
        erasure: ErasureId,
        user: UserId,
    ) -> Result<(PurgeKey, WrappedDataKey), VaultError> {
        let key = DataKey::generate()?;
        let wrapped = self.keyring.current().wrap(&context(erasure), &key)?;
        Ok((
            self.purge_key_of(erasure, user, key),
            WrappedDataKey(wrapped),
        ))
    }

    /// The key of an erasure that is under way.
    pub(crate) async fn purge_key(&self, erasure: &Erasure) -> Result<PurgeKey, VaultError> {
        let wrapped = erasure.purge_key.as_ref().ok_or(VaultError::NoDataKey)?;
        match self.unwrap(&context(erasure.id), wrapped) {
            Ok(key) => Ok(self.purge_key_of(erasure.id, erasure.user, key)),
            Err(OpenError::KeyUnavailable { id }) => {
                Err(VaultError::KeyUnavailable { id: id.to_string() })
            }
            Err(_) => Err(self.refused(DATA_KEY, Resource::User(erasure.user)).await),
        }
    }

    fn purge_key_of(&self, erasure: ErasureId, user: UserId, key: DataKey) -> PurgeKey {
        PurgeKey {
            erasure,
            user,
            key,
            vault: self.clone(),
        }
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
    pub(crate) async fn open(
        &self,
        part: StepId,
        version: u32,
        record: &[u8],
    ) -> Result<SecretSlice<u8>, VaultError> {
        let context = self.context(part, version);
        match self.key.open(ERASURE_CREDENTIAL, &context, record) {
            Ok(plaintext) => Ok(plaintext),
            Err(_) => {
                let resource = Resource::User(self.user);
                Err(self.vault.refused(ERASURE_CREDENTIAL, resource).await)
            }
        }
    }

    fn context(&self, part: StepId, version: u32) -> SealContext {
        context(self.erasure)
            .field("part", part.as_bytes())
            .field("credential_version", version.to_be_bytes())
    }
}

/// What the key of an erasure is bound to.
pub(super) fn context(erasure: ErasureId) -> SealContext {
    SealContext::new().field("erasure", erasure.as_bytes())
}

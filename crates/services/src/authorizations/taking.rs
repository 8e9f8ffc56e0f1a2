//! Taking what waits for a person to come back: once, and not in vain.

use std::time::Duration;

use wharf_domain::ports::one_time::OneTimeKey;

use super::Authorizations;
use crate::error::ServiceError;
use crate::vault::VaultError;

impl Authorizations {
    /// Takes a record: of all who ask at the same time, one gets it (O-02).
    pub(super) async fn take(&self, name: &OneTimeKey) -> Result<Vec<u8>, ServiceError> {
        let record = self.records.take(name).await?;
        record.ok_or(ServiceError::InvalidState)
    }

    /// Puts a record back that could not be read because the database or a key is away: whoever brought
    /// its secret is told to come again, and must find it then. Nobody has got anything by it, so that
    /// it is still for one.
    pub(super) async fn put_back_unless_read<T>(
        &self,
        name: OneTimeKey,
        record: Vec<u8>,
        life: Duration,
        read: &Result<T, ServiceError>,
    ) {
        let Err(ServiceError::Vault(VaultError::Repository(_) | VaultError::KeyUnavailable { .. })) =
            read
        else {
            return;
        };
        if let Err(error) = self.records.put(name, record, life).await {
            tracing::warn!(%error, "an authorization is lost: it must be begun again");
        }
    }
}

//! The port that opens storages. It knows no user and no row.

use std::sync::Arc;

use async_trait::async_trait;

use crate::connection::Endpoint;
use crate::credential::Credential;
use crate::id::UserId;
use crate::ports::storage::{AddressRefusal, StorageBackend, StorageError};
use crate::provider::Provider;

/// Opens storages. Opening does no I/O; the first call on the storage does.
#[async_trait]
pub trait Backends: Send + Sync {
    /// The house's storage for this user's documents; no other user's can be named through it.
    fn house(&self, owner: UserId) -> Arc<dyn StorageBackend>;

    /// Removes whatever lies in the house for a user who is gone, with all that uploads have left there.
    async fn clear_house(&self, owner: UserId) -> Result<(), StorageError>;

    /// Checks an address that a user typed by its text, and brings it into canonical form.
    ///
    /// # Errors
    /// The rule that refuses it. Names are resolved and checked again at each connection.
    fn check_address(&self, provider: Provider, typed: &str) -> Result<Endpoint, AddressRefusal>;

    /// The storage at this endpoint, opened with this credential.
    fn open(
        &self,
        provider: Provider,
        endpoint: &Endpoint,
        credential: &Credential,
    ) -> Arc<dyn StorageBackend>;
}

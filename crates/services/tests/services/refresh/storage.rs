//! A storage that is asked whether it answers, and takes contents. It knows access tokens by what the
//! simulated server says of them.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use wharf_domain::connection::{AccountKey, Endpoint};
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::credential::Credential;
use wharf_domain::id::UserId;
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{
    AddressRefusal, Capabilities, Destination, Entries, NameConflict, Operation, Removal,
    ReplaceGuard, StorageAccount, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::provider::Provider;
use wharf_domain::range::ByteRange;

use crate::refresh::provider::{API, Server};
use crate::refresh::world::Weather;

/// Storages of the simulated server.
pub(crate) struct Storages {
    pub(crate) server: Server,
    pub(crate) weather: Weather,
}

#[async_trait]
impl Backends for Storages {
    fn house(&self, _: UserId) -> Arc<dyn StorageBackend> {
        unreachable!("nothing is stored in the house")
    }

    async fn clear_house(&self, _: UserId) -> Result<(), StorageError> {
        unreachable!("nothing is stored in the house")
    }

    fn check_address(&self, _: Provider, _: &str) -> Result<Endpoint, AddressRefusal> {
        unreachable!("nothing is typed")
    }

    /// Tokens go where the settings say, not where the row does (S-13).
    fn open(
        &self,
        _: Provider,
        endpoint: &Endpoint,
        credential: &Credential,
    ) -> Arc<dyn StorageBackend> {
        assert_eq!(endpoint.0, API);
        Arc::new(Storage {
            credential: credential.clone(),
            server: self.server.clone(),
            weather: self.weather.clone(),
        })
    }
}

struct Storage {
    credential: Credential,
    server: Server,
    weather: Weather,
}

impl Storage {
    fn enter(&self, operation: Operation) -> Result<(), StorageError> {
        let refused = |kind| StorageError::new(kind, operation, Some(Provider::GoogleDrive));
        if self.weather.is_storage_down() {
            return Err(refused(StorageErrorKind::Unreachable));
        }
        match &self.credential {
            Credential::OAuth(tokens) if self.server.opens(&tokens.access_token) => Ok(()),
            Credential::OAuth(_) => Err(refused(StorageErrorKind::TokenExpired)),
            Credential::Basic { .. } => Err(refused(StorageErrorKind::CredentialRefused)),
        }
    }

    fn unsupported<T>(operation: Operation) -> Result<T, StorageError> {
        let kind = StorageErrorKind::Unsupported;
        Err(StorageError::new(kind, operation, None))
    }
}

#[async_trait]
impl StorageBackend for Storage {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            folders: false,
            any_name: true,
            needs_size: false,
        }
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        self.enter(Operation::Probe)?;
        Ok(StorageAccount {
            key: AccountKey("anna".to_owned()),
            label: "anna".to_owned(),
            quota: None,
        })
    }

    async fn write(
        &self,
        _: &ItemId,
        name: &ItemName,
        _: NameConflict,
        mut upload: Upload,
    ) -> Result<Written, StorageError> {
        if self.weather.reads_before_it_refuses() {
            let _ = upload.content.try_next().await;
        }
        self.enter(Operation::Write)?;
        let failed =
            |_| StorageError::new(StorageErrorKind::UploadInterrupted, Operation::Write, None);
        let mut size_bytes = 0;
        while let Some(chunk) = upload.content.try_next().await.map_err(failed)? {
            size_bytes += chunk.len() as u64;
        }
        Ok(Written::by_size(Item {
            id: ItemId::root(),
            name: name.as_str().to_owned(),
            kind: ItemKind::File,
            size_bytes: Some(size_bytes),
            modified_at: None,
            etag: None,
            content_type: None,
            export_formats: Vec::new(),
        }))
    }

    async fn list(&self, _: &ItemId) -> Result<Entries, StorageError> {
        Self::unsupported(Operation::List)
    }

    async fn metadata(&self, _: &ItemId) -> Result<Item, StorageError> {
        Self::unsupported(Operation::Metadata)
    }

    async fn find(&self, _: &ItemId, _: &ItemName) -> Result<Option<Item>, StorageError> {
        Self::unsupported(Operation::Metadata)
    }

    async fn read(&self, _: &ItemId, _: Option<ByteRange>) -> Result<Download, StorageError> {
        Self::unsupported(Operation::Read)
    }

    async fn export(&self, _: &ItemId, _: &ContentType) -> Result<Download, StorageError> {
        Self::unsupported(Operation::Read)
    }

    async fn replace(
        &self,
        _: &ItemId,
        _: &ReplaceGuard,
        _: Upload,
    ) -> Result<Written, StorageError> {
        Self::unsupported(Operation::Write)
    }

    async fn relocate(&self, _: &ItemId, _: &Destination) -> Result<Item, StorageError> {
        Self::unsupported(Operation::Relocate)
    }

    async fn copy(&self, _: &ItemId, _: &Destination) -> Result<Item, StorageError> {
        Self::unsupported(Operation::Copy)
    }

    async fn create_folder(&self, _: &ItemId, _: &ItemName) -> Result<Item, StorageError> {
        Self::unsupported(Operation::CreateFolder)
    }

    async fn delete(&self, _: &ItemId) -> Result<Removal, StorageError> {
        Self::unsupported(Operation::Delete)
    }
}

//! The files of the provider's accounts, and a house that is empty.

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

use super::cloud::Cloud;

const FOLDER: &str = "Wharf";

#[async_trait]
impl Backends for Cloud {
    fn house(&self, _: UserId) -> Arc<dyn StorageBackend> {
        Arc::new(Storage {
            cloud: self.clone(),
            credential: None,
        })
    }

    async fn clear_house(&self, _: UserId) -> Result<(), StorageError> {
        Ok(())
    }

    fn check_address(&self, _: Provider, _: &str) -> Result<Endpoint, AddressRefusal> {
        unreachable!("nothing is typed")
    }

    fn open(&self, _: Provider, _: &Endpoint, credential: &Credential) -> Arc<dyn StorageBackend> {
        Arc::new(Storage {
            cloud: self.clone(),
            credential: Some(credential.clone()),
        })
    }
}

struct Storage {
    cloud: Cloud,
    credential: Option<Credential>,
}

fn refused(kind: StorageErrorKind, operation: Operation) -> StorageError {
    StorageError::new(kind, operation, Some(Provider::GoogleDrive))
}

fn unsupported<T>(operation: Operation) -> Result<T, StorageError> {
    Err(refused(StorageErrorKind::Unsupported, operation))
}

impl Storage {
    fn account(&self, operation: Operation) -> Result<String, StorageError> {
        let Some(Credential::OAuth(tokens)) = &self.credential else {
            return unsupported(operation);
        };
        let account = self.cloud.opened_by(&tokens.access_token);
        account.ok_or_else(|| refused(StorageErrorKind::TokenExpired, operation))
    }
}

fn item(name: &str, kind: ItemKind) -> Item {
    Item {
        id: ItemId::new(name).unwrap(),
        name: name.to_owned(),
        kind,
        size_bytes: (kind == ItemKind::File).then_some(3),
        modified_at: None,
        etag: None,
        content_type: None,
        export_formats: Vec::new(),
    }
}

#[async_trait]
impl StorageBackend for Storage {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            folders: true,
            any_name: true,
            needs_size: false,
        }
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        let account = self.account(Operation::Probe)?;
        Ok(StorageAccount {
            key: AccountKey(account.clone()),
            label: account,
            quota: None,
        })
    }

    async fn find(&self, _: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        self.account(Operation::Metadata)?;
        let is_folder = name.as_str() == FOLDER;
        Ok(is_folder.then(|| item(FOLDER, ItemKind::Folder)))
    }

    /// The storage has all of it when the gate is reached.
    async fn write(
        &self,
        _: &ItemId,
        name: &ItemName,
        _: NameConflict,
        mut upload: Upload,
    ) -> Result<Written, StorageError> {
        let account = self.account(Operation::Write)?;
        let interrupted = |_| refused(StorageErrorKind::UploadInterrupted, Operation::Write);
        while upload
            .content
            .try_next()
            .await
            .map_err(interrupted)?
            .is_some()
        {}
        self.cloud.stored.pass().await;
        // Whoever took the grant back meanwhile keeps it from appearing.
        self.account(Operation::Write)?;
        self.cloud.put(&account, name.as_str());
        Ok(Written::by_size(item(name.as_str(), ItemKind::File)))
    }

    async fn metadata(&self, id: &ItemId) -> Result<Item, StorageError> {
        let account = self.account(Operation::Metadata)?;
        let name = String::from_utf8_lossy(id.item()).into_owned();
        if self.cloud.has(&account, &name) {
            Ok(item(&name, ItemKind::File))
        } else {
            Err(refused(StorageErrorKind::NotFound, Operation::Metadata))
        }
    }

    async fn delete(&self, id: &ItemId) -> Result<Removal, StorageError> {
        let account = self.account(Operation::Delete)?;
        if self
            .cloud
            .remove(&account, &String::from_utf8_lossy(id.item()))
        {
            Ok(Removal::Deleted)
        } else {
            Err(refused(StorageErrorKind::NotFound, Operation::Delete))
        }
    }

    async fn list(&self, _: &ItemId) -> Result<Entries, StorageError> {
        unsupported(Operation::List)
    }

    async fn read(&self, _: &ItemId, _: Option<ByteRange>) -> Result<Download, StorageError> {
        unsupported(Operation::Read)
    }

    async fn export(&self, _: &ItemId, _: &ContentType) -> Result<Download, StorageError> {
        unsupported(Operation::Read)
    }

    async fn replace(
        &self,
        _: &ItemId,
        _: &ReplaceGuard,
        _: Upload,
    ) -> Result<Written, StorageError> {
        unsupported(Operation::Write)
    }

    async fn relocate(&self, _: &ItemId, _: &Destination) -> Result<Item, StorageError> {
        unsupported(Operation::Relocate)
    }

    async fn copy(&self, _: &ItemId, _: &Destination) -> Result<Item, StorageError> {
        unsupported(Operation::Copy)
    }

    async fn create_folder(&self, _: &ItemId, _: &ItemName) -> Result<Item, StorageError> {
        unsupported(Operation::CreateFolder)
    }
}

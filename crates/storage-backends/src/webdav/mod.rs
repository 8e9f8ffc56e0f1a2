//! Any WebDAV server (RFC 4918) behind the storage port. It speaks the protocol as it is written and
//! believes nothing that a server says about where things are.

mod base;
mod client;
mod error;
mod href;
mod item;
mod listing;
mod markup;
mod metadata;
mod multistatus;
mod path;
mod propfind;
mod read;
mod status;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use wharf_domain::content::{Download, Upload};
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{
    AddressRefusal, Capabilities, Entries, NameConflict, Operation, StorageAccount, StorageBackend,
    StorageError, StorageErrorKind,
};
use wharf_domain::random::Random;
use wharf_domain::range::ByteRange;

use self::client::{Client, Depth};
use self::error::Fault;
use self::href::Hrefs;
use self::path::ItemPath;

pub(crate) use self::base::Base;

/// One account at a WebDAV server.
pub(crate) struct Webdav {
    /// A refusal where the endpoint is no address of ours: opening a storage cannot fail.
    client: Result<Arc<Client>, AddressRefusal>,
    random: Arc<dyn Random>,
}

impl Webdav {
    /// The account at `base`, opened with this name and password.
    pub(crate) fn new(
        egress: wharf_egress::Client,
        base: Result<Base, AddressRefusal>,
        username: String,
        password: SecretString,
        random: Arc<dyn Random>,
    ) -> Self {
        let client = base.map(|base| Arc::new(Client::new(egress, base, username, password)));
        Self { client, random }
    }

    fn client(&self) -> Result<&Arc<Client>, Fault> {
        self.client
            .as_ref()
            .map_err(|refusal| StorageErrorKind::AddressRefused(refusal.clone()).into())
    }

    async fn account(&self) -> Result<StorageAccount, Fault> {
        metadata::account(self.client()?).await
    }

    async fn entries(&self, folder: &ItemId) -> Result<Entries, Fault> {
        let client = self.client()?;
        let folder = path_of(folder)?;
        let hrefs = Hrefs::of(client.base(), &folder, ItemKind::Folder);
        let responses = client
            .propfind(&folder, ItemKind::Folder, Depth::Children, propfind::ITEM)
            .await;
        let responses = match responses {
            // A server that takes the slash at its word finds no folder where a file is.
            Err(fault) if fault.kind == StorageErrorKind::NotFound => {
                metadata::item_at(client, &folder).await?;
                return Err(StorageErrorKind::NotAFolder.into());
            }
            other => other?,
        };
        Ok(listing::entries(responses, hrefs, folder)
            .map_err(|fault| fault.of(Operation::List))
            .boxed())
    }

    async fn item(&self, item: &ItemId) -> Result<Item, Fault> {
        metadata::item_at(self.client()?, &path_of(item)?).await
    }

    async fn child(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, Fault> {
        match path_of(folder)?.child(name.as_str().as_bytes()) {
            Some(path) => metadata::find(self.client()?, &path).await,
            None => Ok(None),
        }
    }

    async fn content(&self, file: &ItemId, range: Option<ByteRange>) -> Result<Download, Fault> {
        let client = self.client()?;
        let file = path_of(file)?;
        match read::read(client, &file, range).await {
            // How a server refuses to read a folder is its own affair; so look.
            Err(fault) if is_about_the_item(&fault.kind) => {
                let item = metadata::item_at(client, &file).await?;
                match item.kind {
                    ItemKind::Folder => Err(StorageErrorKind::NotAFile.into()),
                    ItemKind::File => Err(fault),
                }
            }
            other => other,
        }
    }

    async fn made_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, Fault> {
        let client = self.client()?;
        let path = path_of(parent)?
            .child(name.as_str().as_bytes())
            .ok_or(StorageErrorKind::NameNotAllowed)?;
        let request = client
            .request(client::method("MKCOL"), &path, ItemKind::Folder)
            .await?;
        let answer = client.send(request).await?;
        match answer.status() {
            StatusCode::CREATED => Ok(item::folder(path)),
            // RFC 4918, section 9.3.1: something has the name already.
            StatusCode::METHOD_NOT_ALLOWED => Err(StorageErrorKind::AlreadyExists.into()),
            _ => Err(Fault::of_status(&answer)),
        }
    }

    async fn deleted(&self, item: &ItemId) -> Result<(), Fault> {
        let client = self.client()?;
        let path = path_of(item)?;
        if path.is_root() {
            return Err(StorageErrorKind::Forbidden.into());
        }
        // The kind decides about the slash, and nginx insists on it.
        let kind = metadata::item_at(client, &path).await?.kind;
        let request = client.request(Method::DELETE, &path, kind).await?;
        let answer = client.send(request).await?;
        match answer.status() {
            // RFC 4918, section 9.6.1: something within could not be deleted.
            StatusCode::MULTI_STATUS => Err(StorageErrorKind::Locked.into()),
            status if status.is_success() => Ok(()),
            _ => Err(Fault::of_status(&answer)),
        }
    }
}

/// The path behind an id; an id that cannot be ours names nothing.
fn path_of(id: &ItemId) -> Result<ItemPath, Fault> {
    ItemPath::of(id).ok_or_else(|| StorageErrorKind::NotFound.into())
}

/// Whether the failure may come from what the item is, not from the server or the credential.
const fn is_about_the_item(kind: &StorageErrorKind) -> bool {
    matches!(
        kind,
        StorageErrorKind::Forbidden
            | StorageErrorKind::WrongProtocol
            | StorageErrorKind::NotFound
            | StorageErrorKind::Unavailable
    )
}

#[async_trait]
impl StorageBackend for Webdav {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            folders: true,
            any_name: true,
            needs_size: false,
        }
    }

    async fn probe(&self) -> Result<StorageAccount, StorageError> {
        let account = self.account().await;
        account.map_err(|fault| fault.of(Operation::Probe))
    }

    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError> {
        let entries = self.entries(folder).await;
        entries.map_err(|fault| fault.of(Operation::List))
    }

    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError> {
        let item = self.item(item).await;
        item.map_err(|fault| fault.of(Operation::Metadata))
    }

    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        let child = self.child(folder, name).await;
        child.map_err(|fault| fault.of(Operation::Metadata))
    }

    async fn read(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, StorageError> {
        let content = self.content(file, range).await;
        content.map_err(|fault| fault.of(Operation::Read))
    }

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Item, StorageError> {
        let stored = match (self.client(), path_of(folder)) {
            (Ok(client), Ok(folder)) => {
                write::write(client, &*self.random, &folder, name, conflict, upload).await
            }
            (Err(fault), _) | (_, Err(fault)) => Err(fault),
        };
        stored.map_err(|fault| fault.of(Operation::Write))
    }

    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError> {
        let folder = self.made_folder(parent, name).await;
        folder.map_err(|fault| fault.of(Operation::CreateFolder))
    }

    async fn delete(&self, item: &ItemId) -> Result<(), StorageError> {
        let deleted = self.deleted(item).await;
        deleted.map_err(|fault| fault.of(Operation::Delete))
    }
}

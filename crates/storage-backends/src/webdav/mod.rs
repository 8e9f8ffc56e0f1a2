//! Any WebDAV server (RFC 4918) behind the storage port. It speaks the protocol as it is written and
//! believes nothing that a server says about where things are.

mod acquaintance;
pub(crate) mod aside;
mod base;
mod challenge;
mod client;
mod date;
mod delete;
mod dialect;
mod error;
mod href;
mod item;
mod listing;
mod markup;
pub(crate) mod metadata;
mod multistatus;
mod path;
mod propfind;
mod read;
mod rearrange;
mod replace;
mod scheme;
mod status;
mod tidy;
mod transfer;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use reqwest::StatusCode;
use secrecy::SecretString;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{
    AddressRefusal, Capabilities, Destination, Entries, NameConflict, Operation, Removal,
    ReplaceGuard, StorageAccount, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;
use wharf_domain::range::ByteRange;

use crate::address::{AMBIGUOUS_PATH, address_refusal};
use crate::circuits::Circuits;
use crate::fault::Fault;
use crate::turns::Turns;
use crate::undo::Background;

use self::rearrange::Rearrangement;
use self::replace::Replacement;

pub(crate) use self::acquaintance::Acquaintances;
pub(crate) use self::base::Base;
pub(crate) use self::client::{Client, DESTINATION, Depth, IF, method};
pub(crate) use self::dialect::Dialect;
pub(crate) use self::error::of_answer;
pub(crate) use self::href::{Hrefs, Place};
pub(crate) use self::path::ItemPath;
pub(crate) use self::propfind::Responses;
pub(crate) use self::scheme::Login;
pub(crate) use self::transfer::{OVERWRITE, turn_name};

/// What all accounts share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) egress: wharf_egress::Client,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) turns: Turns,
    pub(crate) circuits: Circuits,
    pub(crate) acquaintances: Acquaintances,
    pub(crate) background: Background,
}

/// One account at a WebDAV server.
pub(crate) struct Webdav {
    /// A refusal where the endpoint is no address of ours: opening a storage cannot fail.
    client: Result<Arc<Client>, AddressRefusal>,
    random: Arc<dyn Random>,
    turns: Turns,
}

impl Webdav {
    /// The account at `base`, opened with this name and password.
    pub(crate) fn new(
        shared: &Shared,
        base: Result<Base, AddressRefusal>,
        username: String,
        password: SecretString,
    ) -> Self {
        let client = base.map(|base| {
            let login = Arc::new(Login { username, password });
            Arc::new(Client::new(shared, base, login, Dialect::PLAIN))
        });
        Self::on(shared, client)
    }

    /// The account that this client speaks to.
    pub(crate) fn on(shared: &Shared, client: Result<Arc<Client>, AddressRefusal>) -> Self {
        Self {
            client,
            random: Arc::clone(&shared.random),
            turns: shared.turns.clone(),
        }
    }

    fn client(&self) -> Result<&Arc<Client>, Fault> {
        self.client
            .as_ref()
            .map_err(|refusal| StorageErrorKind::AddressRefused(refusal.clone()).into())
    }

    async fn account(&self) -> Result<StorageAccount, Fault> {
        metadata::account(self.client()?).await
    }

    pub(crate) async fn entries(&self, folder: &ItemId) -> Result<Entries, Fault> {
        let client = self.client()?;
        let dialect = *client.dialect();
        let (provider, asked) = (dialect.provider, dialect.item);
        let folder = path_of(folder)?;
        let asking = (Arc::clone(client), folder.clone());
        let ask = move || {
            let (client, folder) = asking.clone();
            async move {
                client
                    .propfind(&folder, ItemKind::Folder, Depth::Children, asked)
                    .await
            }
            .boxed()
        };
        let answer = match ask().await {
            Ok(answer) => answer,
            Err(fault) => return Err(explained(client, &folder, ItemKind::Folder, fault).await),
        };
        Ok(listing::entries(answer, folder, dialect, Box::new(ask))
            .map_err(move |fault| fault.of(provider, Operation::List))
            .boxed())
    }

    pub(crate) async fn tidied(&self, folder: &ItemName) -> Result<(), Fault> {
        match ItemPath::root().child(folder.as_str().as_bytes()) {
            Some(folder) => tidy::tidy(self.client()?, &folder).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn item(&self, item: &ItemId) -> Result<Item, Fault> {
        metadata::item_at(self.client()?, &path_of(item)?).await
    }

    pub(crate) async fn child(
        &self,
        folder: &ItemId,
        name: &ItemName,
    ) -> Result<Option<Item>, Fault> {
        match path_of(folder)?.child(name.as_str().as_bytes()) {
            Some(path) => metadata::find(self.client()?, &path).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn content(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, Fault> {
        let client = self.client()?;
        let file = path_of(file)?;
        match read::read(client, &file, range).await {
            Ok(download) => Ok(download),
            Err(fault) => Err(explained(client, &file, ItemKind::File, fault).await),
        }
    }

    pub(crate) async fn stored(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, Fault> {
        let client = self.client()?;
        let target = write::Target {
            client,
            turns: &self.turns,
            folder: path_of(folder)?,
            name,
            conflict,
        };
        match target.store(&*self.random, upload).await {
            Ok(written) => Ok(written),
            Err(fault) => Err(explained(client, &target.folder, ItemKind::Folder, fault).await),
        }
    }

    async fn replaced(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, Fault> {
        let replacement = Replacement {
            client: self.client()?,
            turns: &self.turns,
            file: path_of(file)?,
            guard,
        };
        replacement.store(&*self.random, upload).await
    }

    pub(crate) async fn relocated(&self, item: &ItemId, to: &Destination) -> Result<Item, Fault> {
        if item.is_root() {
            return Err(StorageErrorKind::Forbidden.into());
        }
        let rearrangement = Rearrangement::new(self.client()?, &self.turns, item, to)?;
        rearrangement.relocate().await
    }

    pub(crate) async fn copied(&self, item: &ItemId, to: &Destination) -> Result<Item, Fault> {
        let rearrangement = Rearrangement::new(self.client()?, &self.turns, item, to)?;
        rearrangement.copy().await
    }

    pub(crate) async fn made_folder(
        &self,
        parent: &ItemId,
        name: &ItemName,
    ) -> Result<Item, Fault> {
        let client = self.client()?;
        let parent = path_of(parent)?;
        let path = parent
            .child(name.as_str().as_bytes())
            .ok_or(StorageErrorKind::NameNotAllowed)?;
        let _turn = self
            .turns
            .take(client.base().url_of(&path, ItemKind::Folder).as_str())
            .await;
        // A look first, for rclone answers 201 where the folder is there already, and Apache only "bad
        // request" where a file has the name.
        match metadata::find(client, &path).await {
            Ok(Some(_)) => return Err(StorageErrorKind::AlreadyExists.into()),
            Err(fault) if !is_about_the_item(&fault.kind) => return Err(fault),
            Ok(None) | Err(_) => {}
        }
        let request = client
            .request(client::method("MKCOL"), &path, ItemKind::Folder)
            .await?;
        let answer = client.send(request).await?;
        match answer.status() {
            StatusCode::CREATED => Ok(item::folder(path, client.dialect())),
            // RFC 4918, section 9.3.1: something has got the name in the meantime. rclone says so of
            // everything that stands in the way.
            StatusCode::METHOD_NOT_ALLOWED => {
                let parent = metadata::item_at(client, &parent).await;
                let is_file = parent.is_ok_and(|item| item.kind == ItemKind::File);
                let kind = if is_file {
                    StorageErrorKind::NotAFolder
                } else {
                    StorageErrorKind::AlreadyExists
                };
                Err(kind.into())
            }
            _ => {
                let fault = error::of_answer(&answer);
                Err(explained(client, &parent, ItemKind::Folder, fault).await)
            }
        }
    }

    pub(crate) async fn deleted(&self, item: &ItemId) -> Result<(), Fault> {
        let client = self.client()?;
        let path = path_of(item)?;
        if path.is_root() {
            return Err(StorageErrorKind::Forbidden.into());
        }
        delete::delete(client, &path).await
    }
}

/// The canonical form of an address, typed now or long ago: the rules may have changed since.
pub(crate) fn base(egress: &wharf_egress::Client, address: &str) -> Result<Base, AddressRefusal> {
    let url = egress.check_typed(address).map_err(address_refusal)?;
    Base::new(url.into_url()).ok_or(AMBIGUOUS_PATH)
}

/// The path behind an id; an id that cannot be ours names nothing.
fn path_of(id: &ItemId) -> Result<ItemPath, Fault> {
    ItemPath::of(id).ok_or_else(|| StorageErrorKind::NotFound.into())
}

/// How a server refuses to read a folder or to list a file is its own affair, so after a failure that
/// may be about this we look what the item is.
pub(crate) async fn explained(
    client: &Client,
    path: &ItemPath,
    expected: ItemKind,
    fault: Fault,
) -> Fault {
    if !is_about_the_item(&fault.kind) {
        return fault;
    }
    match metadata::item_at(client, path).await {
        Ok(item) if item.kind == expected => fault,
        Ok(item) => match item.kind {
            ItemKind::Folder => StorageErrorKind::NotAFile.into(),
            ItemKind::File => StorageErrorKind::NotAFolder.into(),
        },
        Err(why) if why.kind == StorageErrorKind::NotFound => why,
        Err(_) => fault,
    }
}

/// Whether the failure may come from what the item is, not from the server or the credential: with a
/// refused credential nothing more is asked (D-03).
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
        account.map_err(|fault| fault.of(Provider::Webdav, Operation::Probe))
    }

    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError> {
        let entries = self.entries(folder).await;
        entries.map_err(|fault| fault.of(Provider::Webdav, Operation::List))
    }

    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError> {
        let item = self.item(item).await;
        item.map_err(|fault| fault.of(Provider::Webdav, Operation::Metadata))
    }

    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError> {
        let child = self.child(folder, name).await;
        child.map_err(|fault| fault.of(Provider::Webdav, Operation::Metadata))
    }

    async fn read(
        &self,
        file: &ItemId,
        range: Option<ByteRange>,
    ) -> Result<Download, StorageError> {
        let content = self.content(file, range).await;
        content.map_err(|fault| fault.of(Provider::Webdav, Operation::Read))
    }

    async fn export(&self, _: &ItemId, _: &ContentType) -> Result<Download, StorageError> {
        let fault = Fault::from(StorageErrorKind::Unsupported);
        Err(fault.of(Provider::Webdav, Operation::Read))
    }

    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let stored = self.stored(folder, name, conflict, upload).await;
        stored.map_err(|fault| fault.of(Provider::Webdav, Operation::Write))
    }

    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let replaced = self.replaced(file, guard, upload).await;
        replaced.map_err(|fault| fault.of(Provider::Webdav, Operation::Write))
    }

    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let relocated = self.relocated(item, to).await;
        relocated.map_err(|fault| fault.of(Provider::Webdav, Operation::Relocate))
    }

    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError> {
        let copied = self.copied(item, to).await;
        copied.map_err(|fault| fault.of(Provider::Webdav, Operation::Copy))
    }

    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError> {
        let folder = self.made_folder(parent, name).await;
        folder.map_err(|fault| fault.of(Provider::Webdav, Operation::CreateFolder))
    }

    /// A server that has a bin does not say so in this protocol.
    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError> {
        let deleted = self.deleted(item).await;
        deleted
            .map(|()| Removal::Deleted)
            .map_err(|fault| fault.of(Provider::Webdav, Operation::Delete))
    }

    async fn tidy(&self, folder: &ItemName) -> Result<(), StorageError> {
        let tidied = self.tidied(folder).await;
        tidied.map_err(|fault| fault.of(Provider::Webdav, Operation::Delete))
    }
}

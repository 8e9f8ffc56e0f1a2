//! One account at a Nextcloud: its place, and what speaks to each part of it.

use std::sync::Arc;

use secrecy::SecretString;
use wharf_domain::connection::AccountKey;
use wharf_domain::item::{ItemId, ItemKind};
use wharf_domain::ports::storage::{StorageAccount, StorageErrorKind};
use wharf_domain::provider::Provider;

use crate::fault::Fault;
use crate::turns::Turns;
use crate::webdav::{self, Client, Dialect, ItemPath, Login, metadata};

use super::ability::{Abilities, Ability};
use super::place::Place;
use super::source::Room;
use super::{id, search};

/// What all accounts share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) webdav: webdav::Shared,
    pub(crate) abilities: Abilities,
    pub(crate) room: Room,
}

/// What is asked of an item.
const ITEM: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<propfind xmlns="DAV:" xmlns:oc="http://owncloud.org/ns"><prop>"#,
    "<resourcetype/><getcontentlength/><getlastmodified/><getetag/><getcontenttype/><oc:fileid/>",
    "</prop></propfind>"
);

/// Nextcloud's WebDAV.
const DIALECT: Dialect = Dialect {
    provider: Provider::Nextcloud,
    item: ITEM,
    id: id::id,
    tells_hashes: true,
};

/// An account, opened.
pub(crate) struct Account {
    pub(super) place: Place,
    username: String,
    /// Speaks to the installation.
    pub(super) home: Arc<Client>,
    pub(super) files: Arc<Client>,
    pub(super) uploads: Arc<Client>,
    pub(super) turns: Turns,
    pub(super) room: Room,
    abilities: Abilities,
}

impl Account {
    /// The account at this place, opened with this name and password.
    pub(crate) fn open(
        shared: &Shared,
        place: Place,
        username: String,
        password: SecretString,
    ) -> Self {
        let login = Arc::new(Login {
            username: username.clone(),
            password,
        });
        let client = |base| client(shared, base, Arc::clone(&login));
        Self {
            home: client(place.installation.clone()),
            files: client(place.files.clone()),
            uploads: client(place.uploads.clone()),
            username,
            place,
            turns: shared.webdav.turns.clone(),
            room: shared.room.clone(),
            abilities: shared.abilities.clone(),
        }
    }

    /// What the installation can do for this account.
    pub(super) async fn ability(&self) -> Result<Ability, Fault> {
        let name = self.place.files.as_url().as_str();
        self.abilities.of(name, &self.home).await
    }

    /// Whether the credential is accepted, and how full the account is.
    pub(super) async fn described(&self) -> Result<StorageAccount, Fault> {
        let quota = metadata::quota(&self.files).await?;
        let installation = self.place.installation.as_url();
        let (user_id, username) = (&self.place.user_id, &self.username);
        Ok(StorageAccount {
            // A URL has no space, so the first one ends it.
            key: AccountKey(format!("{installation} {user_id}")),
            label: format!(
                "{username} at {}",
                installation.host_str().unwrap_or_default()
            ),
            quota,
        })
    }

    /// Where the item lies that has this id: mostly where it lay when the id was made. Something else may
    /// lie there by now, which is not the item.
    pub(super) async fn path_of(&self, item: &ItemId) -> Result<ItemPath, Fault> {
        let (path, number) = id::parts(item).ok_or(StorageErrorKind::NotFound)?;
        let Some(number) = number else {
            return Ok(path);
        };
        match metadata::properties(&self.files, &path, ITEM).await {
            Ok(there) if there.file_id.is_none_or(|there| there == number) => Ok(path),
            Ok(_) => search::path_of(self, number).await,
            Err(fault) if fault.kind == StorageErrorKind::NotFound => {
                search::path_of(self, number).await
            }
            Err(fault) => Err(fault),
        }
    }

    /// The address of a file, as a destination.
    pub(super) fn address_of(&self, path: &ItemPath) -> String {
        self.files.base().url_of(path, ItemKind::File).to_string()
    }
}

/// Speaks with this login to what lies at `base`.
pub(super) fn client(shared: &Shared, base: webdav::Base, login: Arc<Login>) -> Arc<Client> {
    // Nextcloud takes Basic, and is where it was found.
    Arc::new(Client::new(&shared.webdav, base, login, DIALECT).acquainted())
}

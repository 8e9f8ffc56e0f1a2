//! Which storage speaks for which provider. It knows no protocol.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;
use wharf_domain::connection::Endpoint;
use wharf_domain::credential::Credential;
use wharf_domain::id::UserId;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::nextcloud::NextcloudServers;
use wharf_domain::ports::storage::{AddressRefusal, StorageBackend, StorageError};
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;

use crate::House;
use crate::address::{AMBIGUOUS_PATH, NOT_TYPED};
use crate::circuits::Circuits;
use crate::google_drive::{self, GoogleDrive};
use crate::nextcloud::{self, Account, Nextcloud, Place, without_query};
use crate::onedrive::{self, Onedrive};
use crate::turns::Turns;
use crate::undo::Background;
use crate::webdav::{self, Acquaintances, Base, Shared, Webdav};

/// Opens the storages there are.
pub struct Registry {
    house: House,
    shared: Shared,
    google: google_drive::Shared,
    microsoft: onedrive::Shared,
    nextcloud: nextcloud::Shared,
}

impl Registry {
    /// A registry whose remote storages are reached through `egress`. What was cancelled is undone in the
    /// `background`.
    pub fn new(
        egress: wharf_egress::Client,
        house: House,
        random: Arc<dyn Random>,
        background: Background,
    ) -> Self {
        let turns = Turns::default();
        let circuits = Circuits::new(Arc::clone(&random));
        let google =
            google_drive::Shared::new(&egress, circuits.clone(), turns.clone(), background.clone());
        let microsoft =
            onedrive::Shared::new(&egress, circuits.clone(), turns.clone(), background.clone());
        let shared = Shared {
            egress,
            random,
            turns,
            circuits,
            acquaintances: Acquaintances::default(),
            background,
        };
        let nextcloud = nextcloud::Shared {
            webdav: shared.clone(),
            abilities: nextcloud::Abilities::default(),
            room: nextcloud::Room::default(),
        };
        Self {
            house,
            shared,
            google,
            microsoft,
            nextcloud,
        }
    }

    /// The same registry, with contents for Google Drive going to beneath this address of the operator's.
    /// Without one they go to beside the API, as at Google.
    #[must_use]
    pub fn uploading_to_google_at(self, upload_url: Url) -> Self {
        Self {
            google: self.google.uploading_to(upload_url),
            ..self
        }
    }

    fn webdav(
        &self,
        base: Result<Base, AddressRefusal>,
        username: &str,
        password: SecretString,
    ) -> Arc<dyn StorageBackend> {
        Arc::new(Webdav::new(
            &self.shared,
            base,
            username.to_owned(),
            password,
        ))
    }

    /// The canonical form of an address, typed now or long ago: the rules may have changed since.
    fn base(&self, address: &str) -> Result<Base, AddressRefusal> {
        webdav::base(&self.shared.egress, address)
    }

    /// What Nextcloud servers offer beside files.
    pub fn nextcloud_servers(&self) -> Arc<dyn NextcloudServers> {
        Arc::new(nextcloud::Servers::new(self.nextcloud.clone()))
    }

    fn nextcloud(
        &self,
        place: Result<Place, AddressRefusal>,
        username: &str,
        password: SecretString,
    ) -> Arc<dyn StorageBackend> {
        let account =
            place.map(|place| Account::open(&self.nextcloud, place, username.to_owned(), password));
        Arc::new(Nextcloud::new(&self.nextcloud, account))
    }

    /// The account whose files lie at this address.
    fn place(&self, files: &str) -> Result<Place, AddressRefusal> {
        Place::of_files(&self.base(files)?).ok_or(AMBIGUOUS_PATH)
    }

    fn endpoint(&self, typed: &str) -> Result<Endpoint, AddressRefusal> {
        let canonical = self.base(typed)?.as_url().to_string();
        // The canonical spelling may be longer, and must pass whenever the storage is opened.
        self.base(&canonical)?;
        Ok(Endpoint(canonical))
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}

#[async_trait]
impl Backends for Registry {
    fn house(&self, owner: UserId) -> Arc<dyn StorageBackend> {
        let Shared {
            random, background, ..
        } = self.shared.clone();
        Arc::new(self.house.room(owner, random, background))
    }

    async fn clear_house(&self, owner: UserId) -> Result<(), StorageError> {
        self.house.clear(owner).await
    }

    /// The endpoint is in canonical form and ends in a slash.
    fn check_address(&self, provider: Provider, typed: &str) -> Result<Endpoint, AddressRefusal> {
        match provider {
            // Their addresses are the operator's; nobody types them.
            Provider::GoogleDrive | Provider::Onedrive => Err(NOT_TYPED),
            Provider::Webdav => self.endpoint(typed),
            // A person pastes the page that is open: what of it leads to the installation is found later.
            Provider::Nextcloud => self.endpoint(without_query(typed)),
        }
    }

    fn open(
        &self,
        provider: Provider,
        endpoint: &Endpoint,
        credential: &Credential,
    ) -> Arc<dyn StorageBackend> {
        match (provider, credential) {
            (Provider::GoogleDrive, Credential::OAuth(tokens)) => {
                let token = tokens.access_token.clone();
                Arc::new(GoogleDrive::new(self.google.clone(), endpoint, token))
            }
            (Provider::Onedrive, Credential::OAuth(tokens)) => {
                let token = tokens.access_token.clone();
                Arc::new(Onedrive::new(self.microsoft.clone(), endpoint, token))
            }
            (Provider::Webdav, Credential::Basic { username, password }) => {
                self.webdav(self.base(&endpoint.0), username.as_str(), password.clone())
            }
            (Provider::Nextcloud, Credential::Basic { username, password }) => {
                self.nextcloud(self.place(&endpoint.0), username.as_str(), password.clone())
            }
            // They were sealed together, so that no row has them. A secret is shown to nobody else's server.
            _ => self.webdav(Err(NOT_TYPED), "", SecretString::default()),
        }
    }
}

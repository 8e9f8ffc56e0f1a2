//! Which storage speaks for which provider. It knows no protocol.

use std::fmt;
use std::sync::Arc;

use url::Url;
use wharf_domain::connection::Endpoint;
use wharf_domain::credential::Credential;
use wharf_domain::id::UserId;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{AddressRefusal, StorageBackend};
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;

use crate::House;
use crate::address::{AMBIGUOUS_PATH, address_refusal};
use crate::turns::Turns;
use crate::undo::Background;
use crate::webdav::{Acquaintances, Base, Shared, Webdav};

/// Opens the storages there are.
pub struct Registry {
    house: House,
    shared: Shared,
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
        let shared = Shared {
            egress,
            random,
            turns: Turns::default(),
            acquaintances: Acquaintances::default(),
            background,
        };
        Self { house, shared }
    }

    /// The canonical form of an address, typed now or long ago: the rules may have changed since.
    fn base(&self, address: &str) -> Result<Base, AddressRefusal> {
        let url: Url = self
            .shared
            .egress
            .policy()
            .check_typed(address)
            .map_err(address_refusal)?
            .into_url();
        Base::new(url).ok_or(AMBIGUOUS_PATH)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}

impl Backends for Registry {
    fn house(&self, owner: UserId) -> Arc<dyn StorageBackend> {
        let Shared {
            random, background, ..
        } = self.shared.clone();
        Arc::new(self.house.room(owner, random, background))
    }

    /// The endpoint is in canonical form and ends in a slash.
    fn check_address(&self, provider: Provider, typed: &str) -> Result<Endpoint, AddressRefusal> {
        match provider {
            Provider::Webdav => {
                let canonical = self.base(typed)?.as_url().to_string();
                // The canonical spelling may be longer, and must pass whenever the storage is opened.
                self.base(&canonical)?;
                Ok(Endpoint(canonical))
            }
        }
    }

    fn open(
        &self,
        provider: Provider,
        endpoint: &Endpoint,
        credential: &Credential,
    ) -> Arc<dyn StorageBackend> {
        match (provider, credential.clone()) {
            (Provider::Webdav, Credential::Basic { username, password }) => Arc::new(Webdav::new(
                self.shared.clone(),
                self.base(&endpoint.0),
                username.as_str().to_owned(),
                password.clone(),
            )),
        }
    }
}

//! What is personal in the trail: where a request of a known user came from. It is sealed under the user's
//! data key before it is hashed, so that destroying the key takes it away and leaves the chain whole (L-08).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use secrecy::ExposeSecret as _;
use wharf_domain::id::UserId;
use wharf_domain::trail::{KeptClient, TrailEvent};

use crate::vault::{Belonging, UserKey, Vault, VaultError};

/// Where a request came from, for whoever looks through the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownClient {
    /// From this network.
    Network(String),
    /// It was that of a user who is gone.
    Erased,
    /// What is there does not open: its key is missing here, or somebody changed it.
    Unreadable,
}

/// Users' data keys, each looked for once. `None` for one that is gone, or does not open here.
pub(super) struct Keys<'a> {
    vault: &'a Vault,
    known: HashMap<UserId, Result<UserKey, Closed>>,
}

/// Why there is no key.
#[derive(Clone, Copy)]
enum Closed {
    /// It was destroyed.
    Gone,
    /// It cannot be opened.
    Unavailable,
}

impl<'a> Keys<'a> {
    pub(super) fn of(vault: &'a Vault) -> Self {
        Self {
            vault,
            known: HashMap::new(),
        }
    }

    /// Seals what is personal in an event that comes into the trail. Where there is no key any more,
    /// nothing is left of it.
    ///
    /// # Errors
    /// If the database or the randomness fails: then the event waits.
    pub(super) async fn seal(&mut self, event: &mut TrailEvent) -> Result<(), VaultError> {
        let (Some(owner), Some(KeptClient::Open(network))) = (event.person(), &event.client) else {
            return Ok(());
        };
        let record = match self.key(owner).await? {
            Ok(key) => {
                let belonging = Belonging::of_client(owner, event.id);
                key.seal(&belonging, network.as_bytes())?
            }
            Err(Closed::Gone) => Vec::new(),
            // It is no record, so that it is never taken for one, nor for what was erased.
            Err(Closed::Unavailable) => vec![0],
        };
        event.client = Some(KeptClient::Sealed(record));
        Ok(())
    }

    /// Opens what is personal in an event of the trail.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn show(
        &mut self,
        event: &TrailEvent,
    ) -> Result<Option<ShownClient>, VaultError> {
        let record = match &event.client {
            None => return Ok(None),
            Some(KeptClient::Open(network)) => {
                return Ok(Some(ShownClient::Network(network.clone())));
            }
            Some(KeptClient::Sealed(record)) => record,
        };
        if record.is_empty() {
            return Ok(Some(ShownClient::Erased));
        }
        let Some(owner) = event.person() else {
            return Ok(Some(ShownClient::Unreadable));
        };
        let shown = match self.key(owner).await? {
            Ok(key) => open(key, owner, event, record),
            Err(Closed::Gone) => ShownClient::Erased,
            Err(Closed::Unavailable) => ShownClient::Unreadable,
        };
        Ok(Some(shown))
    }

    async fn key(&mut self, owner: UserId) -> Result<Result<&UserKey, Closed>, VaultError> {
        let known = match self.known.entry(owner) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let key = match self.vault.key_of(owner).await {
                    Ok(key) => Ok(key),
                    Err(VaultError::NoDataKey) => Err(Closed::Gone),
                    Err(error @ (VaultError::Refused | VaultError::KeyUnavailable { .. })) => {
                        tracing::warn!(user = %owner, %error, "the audit trail has no use of a user's data key");
                        Err(Closed::Unavailable)
                    }
                    Err(error) => return Err(error),
                };
                unknown.insert(key)
            }
        };
        Ok(known.as_ref().map_err(|closed| *closed))
    }
}

fn open(key: &UserKey, owner: UserId, event: &TrailEvent, record: &[u8]) -> ShownClient {
    let belonging = Belonging::of_client(owner, event.id);
    let opened = key.open(&belonging, record).ok();
    let network = opened.and_then(|bytes| String::from_utf8(bytes.expose_secret().to_vec()).ok());
    network.map_or(ShownClient::Unreadable, ShownClient::Network)
}

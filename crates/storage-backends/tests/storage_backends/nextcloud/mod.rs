//! Nextcloud against the sandbox's.

mod accounts;
mod faults;
mod login_flow;
mod moved;
mod names;
mod storing;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use tempfile::TempDir;
use wharf_domain::conformance::storage::Opened;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::credential::Credential;
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::nextcloud::Login;
use wharf_domain::ports::storage::{
    NameConflict, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::provider::Provider;
use wharf_sandbox::{NextcloudAccess, Sandbox};
use wharf_storage_backends::Registry;

use crate::support::registry_within;

wharf_domain::storage_conformance!(conformance, crate::nextcloud::opened(false).await);
wharf_domain::storage_conformance!(sub_path, crate::nextcloud::opened(true).await);

/// So much is more than goes in one request, and two chunks and a bit.
const LARGE: usize = 11 * 1024 * 1024;

/// The account of somebody whose login name is not the user id.
pub(crate) struct Cloud {
    pub(crate) sandbox: Sandbox,
    pub(crate) access: NextcloudAccess,
    pub(crate) storage: Arc<dyn StorageBackend>,
}

async fn opened(is_beneath_sub_path: bool) -> Opened {
    let cloud = Cloud::start(is_beneath_sub_path).await;
    Opened {
        storage: Arc::clone(&cloud.storage),
        kept: Box::new(cloud),
    }
}

impl Cloud {
    async fn start(is_beneath_sub_path: bool) -> Self {
        let sandbox = Sandbox::start();
        let nextcloud = sandbox.nextcloud();
        let access = nextcloud.add_account("cleo@example.com", "Cl\u{e9}o M\u{fc}ller", "a: b");
        let url = match is_beneath_sub_path {
            true => &access.sub_path_url,
            false => &access.url,
        };
        let patience = Duration::from_secs(20);
        let storage = open(url, &access, patience).await;
        Self {
            sandbox,
            access,
            storage,
        }
    }

    /// Stores a content at the top.
    async fn store(&self, name: &str, bytes: &[u8]) -> Result<Written, StorageErrorKind> {
        let (root, name) = (ItemId::root(), name.parse().unwrap());
        let written = self
            .storage
            .write(&root, &name, NameConflict::Fail, upload(bytes));
        written.await.map_err(|error| error.kind)
    }

    /// What went to the sandbox since, as method and path beneath the account.
    fn requests_since(&self, first: usize) -> Vec<String> {
        let requests = self.sandbox.requests();
        let requests = requests.iter().skip(first);
        let name = |path: &str| path.rsplit_once('/').map(|(_, name)| name.to_owned());
        requests
            .map(|request| format!("{} {}", request.method, name(&request.path).unwrap()))
            .collect()
    }
}

fn registry(patience: Duration) -> Registry {
    let house = TempDir::new().unwrap();
    registry_within(house.path(), patience)
}

fn login(name: &str, password: &str) -> Login {
    Login {
        username: name.parse().unwrap(),
        password: password.to_owned().into(),
    }
}

/// Finds the account as a person would have it found, and opens it.
async fn open(
    typed: &str,
    access: &NextcloudAccess,
    patience: Duration,
) -> Arc<dyn StorageBackend> {
    let registry = registry(patience);
    let login = login(&access.login_name, &access.password);
    let endpoint = located(&registry, typed, &login).await.unwrap();
    open_at(&registry, &endpoint, access)
}

/// Opens an account that was found.
fn open_at(
    registry: &Registry,
    endpoint: &Endpoint,
    access: &NextcloudAccess,
) -> Arc<dyn StorageBackend> {
    let login = login(&access.login_name, &access.password);
    let credential = Credential::Basic {
        username: login.username,
        password: login.password,
    };
    registry.open(Provider::Nextcloud, endpoint, &credential)
}

async fn located(
    registry: &Registry,
    typed: &str,
    login: &Login,
) -> Result<Endpoint, StorageError> {
    let typed = registry.check_address(Provider::Nextcloud, typed).unwrap();
    registry.nextcloud_servers().locate(&typed, login).await
}

/// Bytes that repeat late, so that chunks that changed places would show.
fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}

fn upload(bytes: &[u8]) -> Upload {
    let pieces: Vec<_> = bytes
        .chunks(64 * 1024)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    Upload {
        content: stream::iter(pieces).boxed(),
        size_bytes: Some(bytes.len() as u64),
        content_type: ContentType::octet_stream(),
    }
}

async fn content(storage: &dyn StorageBackend, file: &Item) -> Vec<u8> {
    let download = storage.read(&file.id, None).await.unwrap();
    let pieces: Vec<Bytes> = download.content.try_collect().await.unwrap();
    pieces.concat()
}

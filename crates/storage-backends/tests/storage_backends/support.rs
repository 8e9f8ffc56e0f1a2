//! Registries and storages as the tests need them.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tempfile::TempDir;
use tokio::runtime::{Handle, Runtime};
use tokio_util::task::TaskTracker;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{EntryBatch, StorageBackend, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;
use wharf_domain::scopes::Scopes;
use wharf_domain::time::Timestamp;
use wharf_egress::{Deadlines, Exceptions, Options, Policy};
use wharf_storage_backends::{Background, House, Registry, S3Access};

const PATIENCE: Duration = Duration::from_secs(2);

/// Different every time, which is all that temporary names need in a test. Four bytes are drawn for the pause before
/// another try only: it is the shortest, so that no test waits in vain.
pub(crate) struct TestRandom;

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() == 4 {
            return bytes.fill(0);
        }
        for chunk in bytes.chunks_mut(8) {
            let number = RandomState::new().build_hasher().finish().to_be_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

/// Reaches loopback servers, and gives up on silent ones soon.
pub(crate) fn registry(house: &Path) -> Registry {
    registry_within(house, PATIENCE)
}

/// The same with another patience for silent servers.
pub(crate) fn registry_within(house: &Path, patience: Duration) -> Registry {
    registry_of(egress(patience), House::in_folder(house).unwrap())
}

/// The same with the house in a bucket, such as `s3://wharf/prefix`, of the server at this address.
pub(crate) fn registry_in_bucket(place: &str, access: &S3Access) -> Registry {
    let egress = egress(PATIENCE);
    let house = House::in_bucket(&place.parse().unwrap(), access, &egress).unwrap();
    registry_of(egress, house)
}

/// The way to the network, for whoever waits so long.
pub(crate) fn egress(patience: Duration) -> wharf_egress::Client {
    let policy = Policy::new(Exceptions {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allow_http: true,
        allow_ports: Some("1-65535".parse().unwrap()),
    });
    let options = Options {
        deadlines: Deadlines {
            first_byte: patience,
            stall: patience,
            ..Deadlines::default()
        },
        ..Options::default()
    };
    wharf_egress::Client::new(policy, options).unwrap()
}

/// Registries that share their way to the network and nothing else: none knows how the calls of another have
/// fared.
pub(crate) fn registries_within(patience: Duration) -> impl Fn() -> Registry + Send + Sync {
    let egress = egress(patience);
    move || {
        let house = TempDir::new().unwrap();
        registry_of(egress.clone(), House::in_folder(house.path()).unwrap())
    }
}

fn registry_of(egress: wharf_egress::Client, house: House) -> Registry {
    let background = Background::new(Handle::current(), TaskTracker::new());
    Registry::new(egress, house, Arc::new(TestRandom), background)
}

/// The WebDAV account at this address.
pub(crate) fn webdav(url: &str, username: &str, password: &str) -> Arc<dyn StorageBackend> {
    let house = TempDir::new().unwrap();
    let registry = registry(house.path());
    let endpoint = registry.check_address(Provider::Webdav, url).unwrap();
    let credential = Credential::Basic {
        username: username.parse().unwrap(),
        password: password.to_owned().into(),
    };
    registry.open(Provider::Webdav, &endpoint, &credential)
}

/// All batches of a folder's listing as one.
pub(crate) async fn list(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) -> Result<EntryBatch, StorageError> {
    let mut entries = storage.list(folder).await?;
    let mut all = EntryBatch::default();
    while let Some(batch) = entries.try_next().await? {
        all.items.extend(batch.items);
        all.skipped += batch.skipped;
    }
    Ok(all)
}

pub(crate) async fn list_top(storage: &dyn StorageBackend) -> Result<EntryBatch, StorageErrorKind> {
    let listed = list(storage, &ItemId::root()).await;
    listed.map_err(|error| error.kind)
}

pub(crate) fn names(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

/// What outlives its test's own runtime, as in the server: connections, and the clearing up behind calls.
pub(crate) fn lasting() -> &'static Runtime {
    static LASTING: OnceLock<Runtime> = OnceLock::new();
    LASTING.get_or_init(|| Runtime::new().unwrap())
}

/// Bytes without a short period.
pub(crate) fn pattern(size: usize) -> Vec<u8> {
    let numbers = (0_u32..).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes());
    numbers.take(size).collect()
}

pub(crate) fn upload(bytes: &[u8], is_announced: bool) -> Upload {
    let pieces: Vec<_> = bytes
        .chunks(64 * 1024)
        .map(|piece| Ok(bytes::Bytes::copy_from_slice(piece)))
        .collect();
    Upload {
        content: stream::iter(pieces).boxed(),
        size_bytes: is_announced.then_some(bytes.len() as u64),
        content_type: ContentType::octet_stream(),
    }
}

pub(crate) async fn collect(download: Download) -> Result<Vec<u8>, StorageErrorKind> {
    let content = download.content.map_err(|error| error.kind);
    content.map_ok(|piece| piece.to_vec()).try_concat().await
}

/// What a storage behind OAuth is opened with.
pub(crate) fn oauth_credential(access_token: &str) -> Credential {
    Credential::OAuth(OAuthTokens {
        access_token: access_token.into(),
        refresh_token: "unused".into(),
        issued_at: Timestamp::from_unix_seconds(0),
        expires_at: Timestamp::from_unix_seconds(3600),
        scopes: Scopes::default(),
    })
}

/// Asks for a page as a browser does; the answer's status.
pub(crate) async fn get(url: &str) -> u16 {
    let request = reqwest::Request::new(reqwest::Method::GET, url.parse().unwrap());
    let policy = Policy::new(Exceptions {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allow_http: true,
        allow_ports: Some("1-65535".parse().unwrap()),
    });
    let browser = wharf_egress::Client::new(policy, Options::default()).unwrap();
    let browser = browser.trusting(wharf_egress::Trust::Issued);
    let answer = browser
        .execute(request, wharf_egress::Limits::default())
        .await;
    answer.unwrap().status().as_u16()
}

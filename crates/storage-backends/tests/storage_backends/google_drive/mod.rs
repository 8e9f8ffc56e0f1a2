//! Google Drive against the sandbox's, which counts what a client should have asked otherwise.

mod addresses;
mod exporting;
mod faults;
mod listing;
mod refusals;
mod shortcuts;
mod silence;
mod storing;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Request};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::form_urlencoded::Serializer;
use wharf_domain::conformance::storage::Opened;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::{ContentType, Download, Upload};
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{
    NameConflict, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::provider::Provider;
use wharf_domain::scopes::Scopes;
use wharf_domain::time::Timestamp;
use wharf_egress::{Exceptions, Limits, Options, Policy, Trust};
use wharf_sandbox::{Fault, FaultRule, GoogleApp, Sandbox};

use crate::support::registry_within;

wharf_domain::storage_conformance!(conformance, crate::google_drive::opened().await);

/// Whose grant the sandbox has from the start.
pub(crate) const CLARA: &str = "clara@example.org";

/// Clara's Drive. Whoever holds it to the end is sure that every request was as Google wants it, and that no
/// upload session is left.
pub(crate) struct Drive {
    pub(crate) sandbox: Sandbox,
    pub(crate) storage: Arc<dyn StorageBackend>,
}

async fn opened() -> Opened {
    let drive = Drive::start().await;
    Opened {
        storage: Arc::clone(&drive.storage),
        kept: Box::new(drive),
    }
}

impl Drive {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start();
        let token = access_token(&sandbox).await;
        let storage = open(&sandbox, &token, Duration::from_secs(2));
        Self { sandbox, storage }
    }

    /// What goes wrong from here on, for so many requests.
    pub(crate) fn inject(&self, route: &str, fault: Fault, times: u64) {
        self.sandbox
            .inject(FaultRule::on(route, fault).times(times));
    }

    /// The id of the item at the end of these names.
    pub(crate) async fn at(&self, path: &[&str]) -> ItemId {
        let mut id = ItemId::root();
        for name in path {
            let found = self.storage.find(&id, &name.parse().unwrap()).await;
            id = found.unwrap().unwrap().id;
        }
        id
    }

    /// A new folder of this name in the top folder.
    pub(crate) async fn folder(&self, name: &str) -> ItemId {
        let (top, name) = (ItemId::root(), name.parse().unwrap());
        let made = self.storage.create_folder(&top, &name);
        made.await.unwrap().id
    }

    pub(crate) async fn store(
        &self,
        folder: &ItemId,
        name: &str,
        upload: Upload,
    ) -> Result<Written, StorageError> {
        let name = name.parse().unwrap();
        self.storage
            .write(folder, &name, NameConflict::Fail, upload)
            .await
    }

    pub(crate) async fn read(&self, file: &ItemId) -> Vec<u8> {
        let download = self.storage.read(file, None).await.unwrap();
        collect(download).await.unwrap()
    }

    pub(crate) async fn items(&self, folder: &ItemId) -> Vec<Item> {
        let entries = self.storage.list(folder).await.unwrap();
        let batches: Vec<_> = entries.try_collect().await.unwrap();
        batches.into_iter().flat_map(|batch| batch.items).collect()
    }

    /// The paths that were asked for with this method.
    pub(crate) fn asked(&self, method: &str) -> Vec<String> {
        let requests = self.sandbox.requests().into_iter();
        let asked = requests.filter(|request| request.method == method);
        asked.map(|request| request.path).collect()
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        assert_eq!(self.sandbox.contract_warnings(), []);
        let until = Instant::now() + Duration::from_secs(10);
        while !self.sandbox.open_uploads().is_empty() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(self.sandbox.open_uploads(), []);
    }
}

/// What outlives its test's own runtime, as in the server: connections, and the clearing up behind calls.
pub(crate) fn lasting() -> &'static Runtime {
    static LASTING: OnceLock<Runtime> = OnceLock::new();
    LASTING.get_or_init(|| Runtime::new().unwrap())
}

/// The Drive behind an access token, on that runtime.
pub(crate) fn open(sandbox: &Sandbox, token: &str, patience: Duration) -> Arc<dyn StorageBackend> {
    let _runtime = lasting().enter();
    open_here(sandbox, token, patience)
}

/// The same on the test's own runtime.
pub(crate) fn open_here(
    sandbox: &Sandbox,
    token: &str,
    patience: Duration,
) -> Arc<dyn StorageBackend> {
    let app = sandbox.google();
    let house = TempDir::new().unwrap();
    let registry = registry_within(house.path(), patience)
        .uploading_to_google_at(app.upload_url.parse().unwrap());
    let credential = Credential::OAuth(OAuthTokens {
        access_token: token.into(),
        refresh_token: "unused".into(),
        issued_at: Timestamp::from_unix_seconds(0),
        expires_at: Timestamp::from_unix_seconds(3600),
        scopes: Scopes::default(),
    });
    registry.open(Provider::GoogleDrive, &Endpoint(app.api_url), &credential)
}

/// An access token of Clara's.
pub(crate) async fn access_token(sandbox: &Sandbox) -> String {
    let request = refresh(&sandbox.google());
    let egress =
        wharf_egress::Client::new(Policy::new(Exceptions::default()), Options::default()).unwrap();
    let egress = egress.trusting(Trust::Operator);
    let answer = egress.execute(request, Limits::default()).await.unwrap();
    let answer = answer.collect_capped(64 * 1024).await.unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

fn refresh(app: &GoogleApp) -> Request {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token")
        .append_pair("refresh_token", &app.refresh_token)
        .append_pair("client_id", &app.client_id)
        .append_pair("client_secret", &app.client_secret);
    let mut request = Request::new(Method::POST, app.token_url.parse().unwrap());
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert(CONTENT_TYPE, kind);
    *request.body_mut() = Some(form.finish().into());
    request
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

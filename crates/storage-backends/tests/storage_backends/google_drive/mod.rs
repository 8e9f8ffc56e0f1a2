//! Google Drive against the sandbox's, which counts what a client should have asked otherwise.

mod addresses;
mod exporting;
mod faults;
mod listing;
mod refusals;
mod shortcuts;
mod silence;
mod storing;
mod storm;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Request};
use tempfile::TempDir;
use url::form_urlencoded::Serializer;
use wharf_domain::conformance::storage::Opened;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::Upload;
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageError, Written};
use wharf_domain::provider::Provider;
use wharf_egress::{Exceptions, Limits, Options, Policy, Trust};
use wharf_sandbox::{Fault, FaultRule, GoogleApp, Sandbox};
use wharf_storage_backends::Registry;

use crate::support::{oauth_credential, registry_within};

pub(crate) use crate::support::{collect, lasting, pattern, upload};

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

/// The Drive behind an access token, on the runtime that outlives tests.
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
    let house = TempDir::new().unwrap();
    let registry = uploading(registry_within(house.path(), patience), sandbox);
    open_in(&registry, sandbox, token)
}

/// A registry for the sandbox's Google.
pub(crate) fn uploading(registry: Registry, sandbox: &Sandbox) -> Registry {
    registry.uploading_to_google_at(sandbox.google().upload_url.parse().unwrap())
}

/// The same in a registry that has others, too.
pub(crate) fn open_in(
    registry: &Registry,
    sandbox: &Sandbox,
    token: &str,
) -> Arc<dyn StorageBackend> {
    let (endpoint, credential) = (sandbox.google().api_url, oauth_credential(token));
    registry.open(Provider::GoogleDrive, &Endpoint(endpoint), &credential)
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

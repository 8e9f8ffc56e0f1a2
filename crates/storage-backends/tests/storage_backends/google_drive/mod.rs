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

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use url::form_urlencoded::Serializer;
use wharf_domain::conformance::storage::Opened;
use wharf_domain::connection::Endpoint;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::StorageBackend;
use wharf_domain::provider::Provider;
use wharf_sandbox::{Fault, FaultRule, Sandbox};
use wharf_storage_backends::Registry;

use crate::drive;
use crate::support::{oauth_credential, registry_within};

pub(crate) use crate::support::{collect, lasting, pattern, upload};

wharf_domain::storage_conformance!(conformance, crate::google_drive::opened().await);

/// Whose grant the sandbox has from the start.
pub(crate) const CLARA: &str = "clara@example.org";

/// Clara's Drive.
pub(crate) struct Drive(drive::Drive);

async fn opened() -> Opened {
    let drive = Drive::start().await;
    Opened {
        storage: Arc::clone(&drive.storage),
        kept: Box::new(drive),
    }
}

impl Drive {
    pub(crate) async fn start() -> Self {
        let sandbox = Arc::new(Sandbox::start());
        let token = access_token(&sandbox).await;
        let storage = open(&sandbox, &token, Duration::from_secs(2));
        Self(drive::Drive { sandbox, storage })
    }

    /// What goes wrong from here on, for so many requests.
    pub(crate) fn inject(&self, route: &str, fault: Fault, times: u64) {
        self.sandbox
            .inject(FaultRule::on(route, fault).times(times));
    }

    /// The paths that were asked for with this method.
    pub(crate) fn asked(&self, method: &str) -> Vec<String> {
        let requests = self.sandbox.requests().into_iter();
        let asked = requests.filter(|request| request.method == method);
        asked.map(|request| request.path).collect()
    }
}

impl Deref for Drive {
    type Target = drive::Drive;

    fn deref(&self) -> &drive::Drive {
        &self.0
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
    let app = sandbox.google();
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "refresh_token")
        .append_pair("refresh_token", &app.refresh_token)
        .append_pair("client_id", &app.client_id)
        .append_pair("client_secret", &app.client_secret)
        .finish();
    drive::access_token(&app.token_url, form).await
}

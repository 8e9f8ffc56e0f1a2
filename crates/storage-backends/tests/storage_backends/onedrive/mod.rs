//! OneDrive, personal and business, against the sandbox's, which counts what a client should have asked
//! otherwise.

mod account;
mod addresses;
mod environment;
mod faults;
mod listing;
mod names;
mod rearranging;
mod refusals;
mod silence;
mod storing;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::{Method, Request};
use tempfile::TempDir;
use url::Url;
use url::form_urlencoded::Serializer;
use wharf_domain::conformance::storage::Opened;
use wharf_domain::connection::Endpoint;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::StorageBackend;
use wharf_domain::provider::Provider;
use wharf_sandbox::{Fault, FaultRule, Sandbox};
use wharf_storage_backends::Registry;

use crate::drive;
use crate::support::{collect, lasting, oauth_credential, pattern, registry_within, upload};

wharf_domain::storage_conformance!(
    personal,
    crate::onedrive::opened(crate::onedrive::BEN).await
);
wharf_domain::storage_conformance!(
    business,
    crate::onedrive::opened(crate::onedrive::CLARA).await
);

/// Whose account is a personal one.
pub(crate) const BEN: &str = "ben@example.net";

/// Whose account is one of work.
pub(crate) const CLARA: &str = "clara@example.org";

/// What the sandbox counts as a request, each under its route.
const SESSIONS: &str = "POST /v1.0/me/drive/items/*";
const FRAGMENTS: &str = "PUT /onedrive/upload";

/// Somebody's OneDrive.
pub(crate) struct Drive {
    drive: drive::Drive,
    is_over: Arc<AtomicBool>,
}

pub(crate) async fn opened(person: &'static str) -> Opened {
    let drive = Drive::of(person).await;
    Opened {
        storage: Arc::clone(&drive.storage),
        kept: Box::new(drive),
    }
}

impl Drive {
    pub(crate) async fn of(person: &'static str) -> Self {
        Self::within(person, Duration::from_secs(2)).await
    }

    /// The same with so much patience for silent servers.
    pub(crate) async fn within(person: &'static str, patience: Duration) -> Self {
        let sandbox = Arc::new(Sandbox::start());
        let token = access_token(&sandbox, person).await;
        let is_over = Arc::new(AtomicBool::new(false));
        hasten(&sandbox, &is_over);
        let storage = open(&sandbox, &token, patience);
        let drive = drive::Drive { sandbox, storage };
        Self { drive, is_over }
    }

    /// What goes wrong from here on: at so many requests, after the first `skipped`.
    pub(crate) fn inject(&self, route: &str, fault: Fault, skipped: u64, times: u64) {
        let rule = FaultRule::on(route, fault).skip(skipped).times(times);
        self.sandbox.inject(rule);
    }

    /// The requests so far, as method and path.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.sandbox.requests().into_iter();
        requests
            .map(|request| format!("{} {}", request.method, request.path))
            .collect()
    }
}

impl Deref for Drive {
    type Target = drive::Drive;

    fn deref(&self) -> &drive::Drive {
        &self.drive
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Lets the sandbox's time pass ten times as fast, so that nobody waits for its copies.
fn hasten(sandbox: &Arc<Sandbox>, is_over: &Arc<AtomicBool>) {
    let (sandbox, is_over) = (Arc::clone(sandbox), Arc::clone(is_over));
    std::thread::spawn(move || {
        while !is_over.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
            sandbox.advance_clock(Duration::from_millis(200));
        }
    });
}

/// The OneDrive behind an access token.
pub(crate) fn open(sandbox: &Sandbox, token: &str, patience: Duration) -> Arc<dyn StorageBackend> {
    open_at(&sandbox.microsoft().api_url, token, patience)
}

/// The same at an address that may be anybody's.
pub(crate) fn open_at(url: &str, token: &str, patience: Duration) -> Arc<dyn StorageBackend> {
    let _runtime = lasting().enter();
    open_here(url, token, patience)
}

/// The same on the test's own runtime.
pub(crate) fn open_here(url: &str, token: &str, patience: Duration) -> Arc<dyn StorageBackend> {
    let house = TempDir::new().unwrap();
    open_in(&registry_within(house.path(), patience), url, token)
}

/// The same in a registry that has others, too.
pub(crate) fn open_in(registry: &Registry, url: &str, token: &str) -> Arc<dyn StorageBackend> {
    let endpoint = Endpoint(url.to_owned());
    registry.open(Provider::Onedrive, &endpoint, &oauth_credential(token))
}

/// An access token of this person's, who grants everything.
pub(crate) async fn access_token(sandbox: &Sandbox, person: &str) -> String {
    const BACK: &str = "http://127.0.0.1:9/callback";
    let app = sandbox.microsoft();
    let asked = [
        ("client_id", &*app.client_id),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "offline_access User.Read Files.ReadWrite"),
        ("login_hint", person),
        ("sandbox_decision", "grant"),
    ];
    let page = Url::parse_with_params(&app.auth_url, asked).unwrap();
    let sent_back = drive::send(Request::new(Method::GET, page)).await;
    let sent_back = sent_back.headers()[LOCATION].to_str().unwrap();
    let sent_back: Url = sent_back.parse().unwrap();
    let mut answer = sent_back.query_pairs();
    let (_, code) = answer.find(|(name, _)| name == "code").unwrap();

    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", &code)
        .append_pair("redirect_uri", BACK)
        .append_pair("client_id", &app.client_id)
        .append_pair("client_secret", &app.client_secret)
        .finish();
    drive::access_token(&app.token_url, form).await
}

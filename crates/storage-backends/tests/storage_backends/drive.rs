//! A drive at a sandbox, whichever provider's, and what its tests do with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Request};
use wharf_domain::content::Upload;
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageError, Written};
use wharf_egress::{Exceptions, Limits, Options, Policy, Response, Trust};
use wharf_sandbox::{Fault, RetryAfter, Sandbox};

use crate::support::collect;

/// Somebody's drive. Whoever holds it to the end is sure that every request was as the provider wants it, and
/// that no upload session is left.
pub(crate) struct Drive {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) storage: Arc<dyn StorageBackend>,
}

impl Drive {
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

    /// The names in a folder, sorted.
    pub(crate) async fn names(&self, folder: &ItemId) -> Vec<String> {
        let items = self.items(folder).await.into_iter();
        let mut names: Vec<_> = items.map(|item| item.name).collect();
        names.sort();
        names
    }

    /// How many files are shown in the sandbox's fixture of a thousand, whose folders and names are odd.
    pub(crate) async fn odd_files(&self) -> usize {
        let fixture = self.at(&["A thousand files"]).await;
        let mut files = 0;
        for outer in self.items(&fixture).await {
            for inner in self.items(&outer.id).await {
                files += self.items(&inner.id).await.len();
            }
        }
        files
    }

    /// Goes away from an upload as soon as it has `begun`, and waits until no session is left of it.
    pub(crate) async fn give_up(
        &self,
        upload: impl Future<Output = Result<Written, StorageError>>,
        begun: impl Future<Output = ()>,
    ) {
        tokio::select! {
            stored = upload => panic!("it was to be given up before its end: {stored:?}"),
            () = begun => {}
        }
        while !self.sandbox.open_uploads().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
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

/// A request that is refused in the provider's words, and does nothing.
pub(crate) fn refusal(status: u16, reason: &str, retry_after: Option<RetryAfter>) -> Fault {
    Fault::Answer {
        status,
        error: Some(reason.to_owned()),
        retry_after,
        after_effect: false,
    }
}

/// All that an error tells, and what lies beneath it.
pub(crate) fn told(error: &StorageError) -> String {
    let mut told = error.to_string();
    let mut source: Option<&(dyn std::error::Error + 'static)> =
        error.source.as_ref().map(|source| &**source as _);
    while let Some(beneath) = source {
        told.push_str(&beneath.to_string());
        source = beneath.source();
    }
    told
}

/// The access token that a token endpoint gives for this form.
pub(crate) async fn access_token(token_url: &str, form: String) -> String {
    let mut request = Request::new(Method::POST, token_url.parse().unwrap());
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert(CONTENT_TYPE, kind);
    *request.body_mut() = Some(form.into());
    let answer = send(request).await.collect_capped(64 * 1024).await.unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Sends a request as an application does that the operator has set up.
pub(crate) async fn send(request: Request) -> Response {
    let policy = Policy::new(Exceptions::default());
    let egress = wharf_egress::Client::new(policy, Options::default()).unwrap();
    let egress = egress.trusting(Trust::Operator);
    egress.execute(request, Limits::default()).await.unwrap()
}

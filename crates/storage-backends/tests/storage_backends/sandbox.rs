//! The WebDAV storage against the sandbox's server.

use std::time::Duration;

use wharf_domain::conformance::storage::Opened;
use wharf_domain::connection::AccountKey;
use wharf_domain::item::{ItemId, ItemKind};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_sandbox::{Fault, FaultRule, RetryAfter, Sandbox};

use crate::support::{list_top, webdav};

wharf_domain::storage_conformance!(sandbox, crate::sandbox::opened());

pub(crate) fn opened() -> Opened {
    let sandbox = Sandbox::start();
    let account = sandbox.add_account("cleo", "a password: with a colon");
    Opened {
        storage: webdav(&account.url, &account.username, &account.password),
        kept: Box::new(sandbox),
    }
}

#[tokio::test]
async fn the_account_is_named_by_server_path_and_user() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let storage = webdav(
        anna.url.trim_end_matches('/'),
        &anna.username,
        &anna.password,
    );
    let account = storage.probe().await.unwrap();
    assert_eq!(account.key, AccountKey(format!("{} anna", anna.url)));
    assert_eq!(account.label, "anna at 127.0.0.1");
}

// D-03: a wrong password is tried once, and no more.
#[tokio::test]
async fn a_wrong_password_is_refused_without_another_try() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let storage = webdav(&anna.url, &anna.username, "wrong");
    let refused = storage.probe().await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::CredentialRefused);
    assert!(!refused.is_retryable());
    let requests = sandbox.requests();
    let with_credentials = requests.iter().filter(|request| request.has_credentials);
    assert_eq!(with_credentials.count(), 1);
}

#[tokio::test]
async fn another_s_account_is_forbidden() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let bert = sandbox.add_account("bert", "secret");
    let storage = webdav(&bert.url, &anna.username, &anna.password);
    let refused = storage.probe().await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Forbidden);
}

// The bytes of a name that is taken are not sent in vain.
#[tokio::test]
async fn a_taken_name_is_seen_before_anything_is_sent() {
    use futures_util::{StreamExt, stream};
    use wharf_domain::content::{ContentType, Upload};
    use wharf_domain::ports::storage::NameConflict;

    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let storage = webdav(&anna.url, &anna.username, &anna.password);
    let taken = list_top(&*storage).await.unwrap().items.remove(0).name;
    let upload = Upload {
        content: stream::pending().boxed(),
        size_bytes: Some(1 << 40),
        content_type: ContentType::octet_stream(),
    };
    let (root, name) = (ItemId::root(), taken.parse().unwrap());
    let stored = storage
        .write(&root, &name, NameConflict::Fail, upload)
        .await;
    assert_eq!(stored.unwrap_err().kind, StorageErrorKind::AlreadyExists);
    assert!(
        sandbox
            .requests()
            .iter()
            .all(|request| request.method == "PROPFIND")
    );
}

// The server writes its tags without quotes in a listing and with them in a download: one tag all the same.
#[tokio::test]
async fn a_file_has_the_same_tag_wherever_it_is_told() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let storage = webdav(&anna.url, &anna.username, &anna.password);
    let listed = list_top(&*storage).await.unwrap().items;
    let file = listed.iter().find(|item| item.kind == ItemKind::File);
    let file = file.unwrap();
    let read = storage.read(&file.id, None).await.unwrap();
    assert!(file.etag.is_some());
    assert_eq!(read.etag, file.etag);
}

fn answered(status: u16, retry_after: Option<RetryAfter>) -> FaultRule {
    let fault = Fault::Answer {
        status,
        error: None,
        retry_after,
        after_effect: false,
    };
    FaultRule::on("*", fault)
}

// what failed a few times in a row is told without asking, for a while.
#[tokio::test]
async fn a_server_in_trouble_is_given_a_rest() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let storage = webdav(&anna.url, &anna.username, &anna.password);
    sandbox.inject(answered(503, None));
    for _ in 0..5 {
        let refused = list_top(&*storage).await;
        assert_eq!(refused, Err(StorageErrorKind::Unavailable));
    }
    let before = sandbox.requests().len();
    sandbox.behave();
    let refused = list_top(&*storage).await;
    assert_eq!(refused, Err(StorageErrorKind::Unavailable));
    assert_eq!(sandbox.requests().len(), before);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(5)).await;
    tokio::time::resume();
    assert!(list_top(&*storage).await.is_ok());
}

// one who asks for patience is not asked by the next call either, and it is told for how long.
#[tokio::test]
async fn a_server_that_asks_for_patience_gets_it() {
    let sandbox = Sandbox::start();
    let anna = sandbox.webdav();
    let storage = webdav(&anna.url, &anna.username, &anna.password);
    sandbox.inject(answered(429, Some(RetryAfter::Secs(60))).times(1));
    let retry_after = Some(Duration::from_secs(60));
    let limited = StorageErrorKind::RateLimited { retry_after };
    assert_eq!(list_top(&*storage).await, Err(limited));
    let left = match list_top(&*storage).await {
        Err(StorageErrorKind::RateLimited { retry_after }) => retry_after.unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(left > Duration::from_secs(30) && left < Duration::from_secs(60));
    assert_eq!(sandbox.requests().len(), 1);
}

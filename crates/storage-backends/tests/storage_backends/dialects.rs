//! The WebDAV storage against every dialect that the sandbox speaks: the whole suite, and what each
//! dialect is there for.

use futures_util::{StreamExt, TryStreamExt, stream};
use wharf_domain::conformance::storage::Opened;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageError, StorageErrorKind};
use wharf_sandbox::{Access, Dialect, Sandbox};

use crate::support::{list_top, webdav};

wharf_domain::storage_conformance!(apache, crate::dialects::opened(crate::dialects::APACHE));
wharf_domain::storage_conformance!(wsgidav, crate::dialects::opened(crate::dialects::WSGIDAV));
wharf_domain::storage_conformance!(nginx, crate::dialects::opened(crate::dialects::NGINX));
wharf_domain::storage_conformance!(rclone, crate::dialects::opened(crate::dialects::RCLONE));
wharf_domain::storage_conformance!(
    absolute_hrefs,
    crate::dialects::opened(crate::dialects::ABSOLUTE_HREFS)
);
wharf_domain::storage_conformance!(
    split_propstats,
    crate::dialects::opened(crate::dialects::SPLIT_PROPSTATS)
);
wharf_domain::storage_conformance!(no_etags, crate::dialects::opened(crate::dialects::NO_ETAGS));
wharf_domain::storage_conformance!(
    redirecting,
    crate::dialects::opened(crate::dialects::REDIRECTING)
);
wharf_domain::storage_conformance!(
    digest_only,
    crate::dialects::opened(crate::dialects::DIGEST_ONLY)
);

const APACHE: Dialect = Dialect::Apache;
const WSGIDAV: Dialect = Dialect::Wsgidav;
const NGINX: Dialect = Dialect::Nginx;
const RCLONE: Dialect = Dialect::Rclone;
const ABSOLUTE_HREFS: Dialect = Dialect::AbsoluteHrefs;
const SPLIT_PROPSTATS: Dialect = Dialect::SplitPropstats;
const NO_ETAGS: Dialect = Dialect::NoEtags;
const REDIRECTING: Dialect = Dialect::Redirecting;
const DIGEST_ONLY: Dialect = Dialect::DigestOnly;

pub(crate) fn opened(dialect: Dialect) -> Opened {
    let sandbox = speaking(dialect);
    let account = sandbox.add_account("cleo \"Ü\", x", "a password: with a colon");
    Opened {
        storage: open(&account),
        kept: Box::new(sandbox),
    }
}

fn speaking(dialect: Dialect) -> Sandbox {
    let sandbox = Sandbox::start();
    sandbox.speak(dialect);
    sandbox
}

fn open(account: &Access) -> std::sync::Arc<dyn StorageBackend> {
    webdav(&account.url, &account.username, &account.password)
}

async fn store(storage: &dyn StorageBackend, name: &str) -> Result<Item, StorageError> {
    let upload = Upload {
        content: stream::iter([Ok("0123456789".into())]).boxed(),
        size_bytes: Some(10),
        content_type: ContentType::octet_stream(),
    };
    let name = name.parse().unwrap();
    let root = ItemId::root();
    let written = storage
        .write(&root, &name, NameConflict::Number, upload)
        .await;
    written.map(|written| written.item)
}

// D-03: whatever the scheme, a wrong password is sent once.
#[tokio::test]
async fn a_wrong_password_is_sent_once() {
    for dialect in [Dialect::Wsgidav, Dialect::DigestOnly, Dialect::Redirecting] {
        let sandbox = speaking(dialect);
        let anna = sandbox.webdav();
        let storage = webdav(&anna.url, &anna.username, "wrong");
        let refused = storage.probe().await.unwrap_err();
        assert_eq!(refused.kind, StorageErrorKind::CredentialRefused);
        let requests = sandbox.requests();
        let with_credentials = requests.iter().filter(|request| request.has_credentials);
        assert_eq!(with_credentials.count(), 1, "{dialect}");
    }
}

// The sandbox would take Basic from a server that offers both, so the log tells.
#[tokio::test]
async fn the_first_request_carries_no_credential_and_later_ones_all_do() {
    let sandbox = speaking(Dialect::Wsgidav);
    let storage = open(&sandbox.webdav());
    for _ in 0..3 {
        storage.probe().await.unwrap();
    }
    let requests = sandbox.requests();
    let told: Vec<_> = requests
        .iter()
        .map(|request| (request.has_credentials, request.status.unwrap()))
        .collect();
    assert_eq!(told, [(false, 401), (true, 207), (true, 207), (true, 207)]);
}

// A nonce of this dialect lasts five requests, and a body that streams goes out once.
#[tokio::test]
async fn no_upload_meets_a_nonce_that_is_used_up() {
    let sandbox = speaking(Dialect::DigestOnly);
    let storage = open(&sandbox.add_account("ben", "secret"));
    for number in 0..8 {
        store(&*storage, &format!("{number}")).await.unwrap();
    }
    let refused = sandbox.requests();
    let refused = refused
        .iter()
        .filter(|request| request.status == Some(401))
        .inspect(|request| assert_ne!(request.method, "PUT"));
    assert!(refused.count() > 4);
    assert_eq!(list_top(&*storage).await.unwrap().items.len(), 8);
}

// After the first answer the account is asked where it is.
#[tokio::test]
async fn where_an_account_has_moved_is_remembered() {
    let sandbox = speaking(Dialect::Redirecting);
    let storage = open(&sandbox.webdav());
    store(&*storage, "a file").await.unwrap();
    storage.probe().await.unwrap();
    let requests = sandbox.requests();
    let redirected = requests
        .iter()
        .filter(|request| matches!(request.status, Some(300..=399)));
    assert_eq!(redirected.count(), 1);
}

// 409 without the slash is never provoked, and nothing is refused that could be known before.
#[tokio::test]
async fn nginx_has_nothing_to_refuse() {
    let sandbox = speaking(Dialect::Nginx);
    let storage = open(&sandbox.add_account("ben", "secret"));
    let name = "folder".parse().unwrap();
    let folder = storage.create_folder(&ItemId::root(), &name).await;
    store(&*storage, "a file").await.unwrap();
    storage.delete(&folder.unwrap().id).await.unwrap();
    let requests = sandbox.requests();
    assert!(requests.iter().all(|request| request.status != Some(409)));
}

#[tokio::test]
async fn a_folder_s_index_page_is_not_its_content() {
    let sandbox = speaking(Dialect::Apache);
    let storage = open(&sandbox.add_account("ben", "secret"));
    let folder = storage
        .create_folder(&ItemId::root(), &"folder".parse().unwrap())
        .await
        .unwrap();
    let read = storage.read(&folder.id, None).await;
    assert_eq!(read.err().unwrap().kind, StorageErrorKind::NotAFile);
}

#[tokio::test]
async fn entity_tags_are_told_where_there_are_any() {
    for (dialect, is_told) in [
        (Dialect::Wsgidav, true),
        (Dialect::Apache, true),
        (Dialect::SplitPropstats, true),
        (Dialect::Nginx, false),
        (Dialect::NoEtags, false),
    ] {
        let sandbox = speaking(dialect);
        let storage = open(&sandbox.add_account("ben", "secret"));
        let item = store(&*storage, "a file").await.unwrap();
        assert_eq!(item.etag.is_some(), is_told, "{dialect}");
        let content = storage.read(&item.id, None).await.unwrap();
        let read: Vec<_> = content.content.try_collect().await.unwrap();
        assert_eq!(read.concat(), b"0123456789", "{dialect}");
    }
}

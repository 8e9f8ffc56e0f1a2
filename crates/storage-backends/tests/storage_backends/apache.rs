//! The WebDAV storage against a real Apache httpd with mod_dav.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use wharf_domain::conformance::storage::Opened;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{NameConflict, ReplaceGuard, StorageBackend, StorageErrorKind};

use crate::support::webdav;

wharf_domain::storage_conformance!(apache, crate::apache::opened());

pub(crate) fn opened() -> Opened {
    Opened {
        storage: webdav(
            &setting("WHARF_TEST_APACHE_URL"),
            &setting("WHARF_TEST_APACHE_USERNAME"),
            &setting("WHARF_TEST_APACHE_PASSWORD"),
        ),
        kept: Box::new(()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test run tells its servers' addresses by the environment"
)]
fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask test`, which starts Apache")
    })
}

// mod_dav calls the tag of a fresh file weak and later strong. Both are good, and the strong one is
// held by the server itself.
#[tokio::test]
async fn a_tag_stays_good_when_it_turns_strong() {
    let opened = opened();
    let (storage, folder) = (&*opened.storage, opened.fresh_folder().await);
    let name = "file".parse().unwrap();
    let stored = storage
        .write(&folder, &name, NameConflict::Fail, upload("old"))
        .await;
    let stored = stored.unwrap().item;
    let fresh = stored.etag.unwrap();
    let turned = tokio::time::timeout(Duration::from_secs(60), strong_tag(storage, &stored.id));
    let strong = turned.await.unwrap();
    assert!(fresh.is_same_weakly(&strong));
    let other = ReplaceGuard::Matches(vec!["\"other\"".parse().unwrap()]);
    let refused = storage.replace(&stored.id, &other, upload("newer")).await;
    let kind = refused.unwrap_err().kind;
    assert_eq!(kind, StorageErrorKind::PreconditionFailed);
    let expected = ReplaceGuard::Matches(vec![fresh]);
    let replaced = storage.replace(&stored.id, &expected, upload("newer"));
    assert_eq!(replaced.await.unwrap().item.size_bytes, Some(5));
    opened.remove(&folder).await;
}

async fn strong_tag(storage: &dyn StorageBackend, file: &ItemId) -> EntityTag {
    loop {
        let etag = storage.metadata(file).await.unwrap().etag.unwrap();
        if !etag.is_weak() {
            return etag;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn upload(text: &'static str) -> Upload {
    Upload {
        content: stream::iter([Ok(text.into())]).boxed(),
        size_bytes: Some(text.len() as u64),
        content_type: ContentType::octet_stream(),
    }
}

//! The house in a bucket of another's server: what the suite for all storages does not ask, because it knows
//! neither parts nor replicas.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use wharf_domain::conformance::storage::Opened;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::id::UserId;
use wharf_domain::item::{ItemId, ItemName};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{
    NameConflict, ReplaceGuard, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::random::Random;
use wharf_storage_backends::S3Access;

use crate::setting;
use crate::support::{TestRandom, registry_in_bucket};

/// Two parts and some more.
const LARGE: usize = 11 * 1024 * 1024 + 1;

/// An empty house in the bucket that the environment tells.
pub(crate) fn opened(server: &str) -> Opened {
    Opened {
        storage: replica(server, &fresh_prefix()),
        kept: Box::new(()),
    }
}

fn fresh_prefix() -> String {
    let mut bytes = [0; 8];
    TestRandom.fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// One replica's view of the house under this prefix.
fn replica(server: &str, prefix: &str) -> Arc<dyn StorageBackend> {
    let setting = |what| setting(&format!("WHARF_TEST_{server}_{what}"));
    let access = S3Access {
        endpoint: Some(setting("ENDPOINT").parse().unwrap()),
        region: "us-east-1".to_owned(),
        access_key_id: setting("KEY_ID"),
        secret_access_key: setting("KEY").into(),
    };
    let place = format!("s3://{}/{prefix}", setting("BUCKET"));
    registry_in_bucket(&place, &access).house(UserId::from_bytes([1; 16]))
}

fn upload(bytes: &[u8]) -> Upload {
    let chunks: Vec<_> = bytes
        .chunks(64 * 1024)
        .map(|chunk| Ok(chunk.to_vec().into()))
        .collect();
    Upload {
        content: stream::iter(chunks).boxed(),
        size_bytes: None,
        content_type: ContentType::octet_stream(),
    }
}

async fn write(storage: &dyn StorageBackend, bytes: &[u8]) -> Result<Written, StorageError> {
    let (root, name): (_, ItemName) = (ItemId::root(), "file".parse().unwrap());
    let write = storage.write(&root, &name, NameConflict::Fail, upload(bytes));
    write.await
}

async fn a_content_of_several_parts_comes_back(server: &str) {
    let storage = replica(server, &fresh_prefix());
    let bytes: Vec<u8> = (0..LARGE).map(|at| (at / 7) as u8).collect();
    let written = write(&*storage, &bytes).await.unwrap();
    let id = written.item.id;
    let read = storage.read(&id, None).await.unwrap().content;
    let read: Vec<_> = read.try_collect().await.unwrap();
    assert!(read.concat() == bytes);
    let guard = ReplaceGuard::Matches(vec![written.item.etag.unwrap()]);
    let replaced = storage.replace(&id, &guard, upload(&bytes[1..])).await;
    assert_eq!(replaced.unwrap().item.size_bytes, Some(LARGE as u64 - 1));
    let again = storage.replace(&id, &guard, upload(&bytes)).await;
    assert_eq!(
        again.unwrap_err().kind,
        StorageErrorKind::PreconditionFailed
    );
}

#[tokio::test]
async fn a_content_of_several_parts_comes_back_from_moto() {
    a_content_of_several_parts_comes_back("MOTO").await;
}

#[tokio::test]
async fn a_content_of_several_parts_comes_back_from_rclone() {
    a_content_of_several_parts_comes_back("RCLONE_S3").await;
}

#[tokio::test]
async fn a_wrong_key_is_refused_by_both() {
    for server in ["MOTO", "RCLONE_S3"] {
        let setting = |what| setting(&format!("WHARF_TEST_{server}_{what}"));
        let access = S3Access {
            endpoint: Some(setting("ENDPOINT").parse().unwrap()),
            region: "us-east-1".to_owned(),
            access_key_id: setting("KEY_ID"),
            secret_access_key: "another key".to_owned().into(),
        };
        let place = format!("s3://{}", setting("BUCKET"));
        let house = registry_in_bucket(&place, &access).house(UserId::from_bytes([1; 16]));
        let error = write(&*house, b"bytes").await.unwrap_err();
        assert_eq!(error.kind, StorageErrorKind::Failed, "{server}");
    }
}

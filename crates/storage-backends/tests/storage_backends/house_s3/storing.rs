//! What becomes of contents in a bucket of a real server.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use wharf_domain::content::Upload;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{ReplaceGuard, StorageErrorKind};
use wharf_domain::verification::Verification;

use crate::support::{list_top, names, registry_in_bucket};

use super::server::{S3Server, keys_below};
use super::{access, bytes, read, upload, user, write};

/// Two parts and some more.
const LARGE: usize = 11 * 1024 * 1024 + 1;

/// The size of a part.
const PART: usize = 5 * 1024 * 1024;

#[tokio::test]
async fn objects_lie_under_the_prefix_in_a_folder_for_each_user() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf/some/prefix", &access::granted(&server));
    write(&*registry.house(user(1)), "file", upload(3, true))
        .await
        .unwrap();
    let expected = format!("some/prefix/{}/file", user(1));
    assert_eq!(keys_below(&server.bucket()), [expected]);
}

#[tokio::test]
async fn one_user_and_one_prefix_see_nothing_of_another() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf/a", &access::granted(&server));
    let neighbour = registry_in_bucket("s3://wharf/ab", &access::granted(&server));
    let anna = registry.house(user(1));
    let id = write(&*anna, "secret", upload(3, true))
        .await
        .unwrap()
        .item
        .id;
    for other in [registry.house(user(2)), neighbour.house(user(1))] {
        assert_eq!(list_top(&*other).await.unwrap().items, []);
        let read = other.read(&id, None).await;
        assert_eq!(read.unwrap_err().kind, StorageErrorKind::NotFound);
        let deleted = other.delete(&id).await;
        assert_eq!(deleted.unwrap_err().kind, StorageErrorKind::NotFound);
    }
    assert_eq!(names(&list_top(&*anna).await.unwrap().items), ["secret"]);
}

//
#[tokio::test]
async fn contents_around_the_size_of_a_part_come_back_and_leave_no_upload_behind() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf", &access::granted(&server));
    let storage = registry.house(user(1));
    for (size, is_announced) in [
        (PART - 1, false),
        (PART, false),
        (PART, true),
        (PART + 1, true),
        (LARGE, false),
    ] {
        let name = format!("{size}-{is_announced}");
        let written = write(&*storage, &name, upload(size, is_announced)).await;
        let item = written.unwrap().item;
        assert_eq!(item.size_bytes, Some(size as u64));
        assert!(read(&*storage, &item.id).await == bytes(size), "{name}");
        assert_eq!(server.uploads_under_way(), 0);
    }
}

//
#[tokio::test]
async fn what_the_server_has_verified_is_told() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf", &access::granted(&server));
    let storage = registry.house(user(1));
    let written = write(&*storage, "small", upload(3, true)).await.unwrap();
    assert_eq!(written.verification, Verification::Digest);
    let guard = ReplaceGuard::Exists;
    let replaced = storage.replace(&written.item.id, &guard, upload(4, true));
    assert_eq!(replaced.await.unwrap().verification, Verification::Digest);
    // This server says nothing of the digests of parts.
    let written = write(&*storage, "large", upload(LARGE, true))
        .await
        .unwrap();
    assert_eq!(written.verification, Verification::SizeOnly);
}

#[tokio::test]
async fn of_two_large_contents_for_one_key_one_wins_and_the_other_leaves_nothing() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf", &access::granted(&server));
    let storage = registry.house(user(1));
    let (one, other) = futures_util::future::join(
        write(&*storage, "file", upload(LARGE, true)),
        write(&*storage, "file", upload(LARGE + 1, true)),
    )
    .await;
    let (winner, loser) = match (one, other) {
        (Ok(winner), Err(loser)) | (Err(loser), Ok(winner)) => (winner, loser),
        outcomes => panic!("one must win: {outcomes:?}"),
    };
    assert_eq!(loser.kind, StorageErrorKind::AlreadyExists);
    let size = usize::try_from(winner.item.size_bytes.unwrap()).unwrap();
    assert!(read(&*storage, &winner.item.id).await == bytes(size));
    assert_eq!(server.uploads_under_way(), 0);
}

//
#[tokio::test]
async fn a_large_content_that_breaks_off_leaves_nothing_in_the_bucket() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf", &access::granted(&server));
    let broken = Upload {
        size_bytes: Some(LARGE as u64 + 1),
        ..upload(LARGE, true)
    };
    let written = write(&*registry.house(user(1)), "file", broken).await;
    assert_eq!(
        written.unwrap_err().kind,
        StorageErrorKind::UploadInterrupted
    );
    assert_eq!(server.uploads_under_way(), 0);
    assert_eq!(keys_below(&server.bucket()), [""; 0]);
}

//
#[tokio::test]
async fn a_large_content_that_is_cancelled_leaves_nothing_in_the_bucket() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf", &access::granted(&server));
    let storage = registry.house(user(1));
    let endless = Upload {
        content: upload(LARGE, false)
            .content
            .chain(stream::pending())
            .boxed(),
        ..upload(0, false)
    };
    let task = tokio::spawn({
        let storage = Arc::clone(&storage);
        async move { write(&*storage, "file", endless).await }
    });
    // The upload's own file, and its first part.
    while server.uploads_under_way() < 2 {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    // The clearing up runs in the background; it hangs only if it is forgotten.
    while server.uploads_under_way() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(list_top(&*storage).await.unwrap().items, []);
}

#[tokio::test]
async fn a_large_content_is_replaced_if_it_is_the_expected_one() {
    let server = S3Server::start().await;
    let registry = registry_in_bucket("s3://wharf", &access::granted(&server));
    let storage = registry.house(user(1));
    let old = write(&*storage, "file", upload(LARGE, true)).await.unwrap();
    let guard = ReplaceGuard::Matches(vec![old.item.etag.unwrap()]);
    let id = old.item.id;
    let new = storage.replace(&id, &guard, upload(LARGE + 1, true)).await;
    assert_eq!(new.unwrap().item.size_bytes, Some(LARGE as u64 + 1));
    let again = storage.replace(&id, &guard, upload(LARGE + 2, true)).await;
    let kind = again.unwrap_err().kind;
    assert_eq!(kind, StorageErrorKind::PreconditionFailed);
    assert!(read(&*storage, &id).await == bytes(LARGE + 1));
    assert_eq!(server.uploads_under_way(), 0);
}

#[tokio::test]
async fn a_wrong_bucket_or_key_fails_at_the_first_use_and_nothing_counts_as_missing() {
    let server = S3Server::start().await;
    for registry in [
        registry_in_bucket("s3://another", &access::granted(&server)),
        registry_in_bucket("s3://wharf", &access::denied(&server)),
    ] {
        let storage = registry.house(user(1));
        let id = wharf_domain::item::ItemId::new("file").unwrap();
        let kinds = [
            storage.metadata(&id).await.unwrap_err().kind,
            storage.read(&id, None).await.err().unwrap().kind,
            storage.delete(&id).await.unwrap_err().kind,
            write(&*storage, "file", upload(3, true))
                .await
                .unwrap_err()
                .kind,
            list_top(&*storage).await.unwrap_err(),
        ];
        assert_eq!(kinds, [const { StorageErrorKind::Failed }; 5]);
    }
}

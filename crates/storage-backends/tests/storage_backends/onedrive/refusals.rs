//! What Graph's refusals come to.

use std::time::Duration;

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{NameConflict, ReplaceGuard, StorageErrorKind};
use wharf_domain::range::ByteRange;
use wharf_sandbox::{Fault, RetryAfter};

use crate::drive::{refusal, told};

use super::{BEN, CLARA, Drive, open, upload};

const ITEMS: &str = "GET /v1.0/me/drive/items/*";

// what passes is asked again, three times at most.
#[tokio::test]
async fn a_rate_limit_is_waited_out_and_in_the_end_told() {
    let drive = Drive::of(BEN).await;
    let root = ItemId::root();
    let before = drive.asked().len();
    let now = Some(RetryAfter::Secs(0));
    drive.inject(ITEMS, refusal(429, "activityLimitReached", now), 0, 2);
    assert!(!drive.items(&root).await.is_empty());
    let now = Some(RetryAfter::DateInSecs(0));
    drive.inject(ITEMS, refusal(503, "serviceNotAvailable", now), 0, 3);
    let refused = drive.storage.list(&root).await.err().unwrap();
    assert_eq!(refused.kind, StorageErrorKind::Unavailable);
    assert_eq!(drive.asked().len() - before, 6);
}

// the look at a file and the reading of it are one try.
#[tokio::test]
async fn a_reading_is_tried_three_times_in_all() {
    let drive = Drive::of(BEN).await;
    let file = drive.at(&["Welcome.txt"]).await;
    for (route, requests) in [(ITEMS, 3), ("GET /onedrive/download", 6)] {
        let before = drive.asked().len();
        drive.inject(route, refusal(503, "serviceNotAvailable", None), 0, 99);
        let refused = drive.storage.read(&file, None).await.unwrap_err();
        assert_eq!(refused.kind, StorageErrorKind::Unavailable, "{route}");
        assert_eq!(drive.asked().len() - before, requests, "{route}");
        drive.sandbox.behave();
    }
}

// one who asks for more patience than there is, is not asked again.
#[tokio::test]
async fn a_long_wait_is_told_at_once() {
    let drive = Drive::of(BEN).await;
    let before = drive.asked().len();
    let patience = refusal(429, "activityLimitReached", Some(RetryAfter::Secs(60)));
    drive.inject("GET /v1.0/me/drive", patience, 0, 9);
    let refused = drive.storage.probe().await.unwrap_err();
    let retry_after = Some(Duration::from_secs(60));
    assert_eq!(refused.kind, StorageErrorKind::RateLimited { retry_after });
    assert_eq!(drive.asked().len() - before, 1);
}

#[tokio::test]
async fn a_refusal_is_told_by_its_kind() {
    let drive = Drive::of(CLARA).await;
    let file = drive.at(&["Welcome.txt"]).await;
    for (status, code, kind) in [
        (403, "accessDenied", StorageErrorKind::Forbidden),
        (404, "itemNotFound", StorageErrorKind::NotFound),
        (
            409,
            "resourceModified",
            StorageErrorKind::PreconditionFailed,
        ),
        (
            412,
            "resourceModified",
            StorageErrorKind::PreconditionFailed,
        ),
        (423, "resourceLocked", StorageErrorKind::Locked),
        (423, "other", StorageErrorKind::Locked),
        (507, "quotaLimitReached", StorageErrorKind::Full),
        (400, "invalidRequest", StorageErrorKind::Unavailable),
    ] {
        drive.inject(
            "PUT /v1.0/me/drive/items/*",
            refusal(status, code, None),
            0,
            1,
        );
        let replaced = drive
            .storage
            .replace(&file, &ReplaceGuard::Exists, upload(b"new", true))
            .await;
        assert_eq!(replaced.unwrap_err().kind, kind, "{status} {code}");
    }
}

// The size is asked for before anything is sent or read.
#[tokio::test]
async fn a_content_of_unknown_size_is_refused_before_anything_is_asked() {
    let drive = Drive::of(BEN).await;
    let file = drive.at(&["Welcome.txt"]).await;
    let before = drive.asked().len();
    let stored = drive
        .store(&ItemId::root(), "new", upload(b"new", false))
        .await;
    assert_eq!(stored.unwrap_err().kind, StorageErrorKind::SizeRequired);
    let replaced = drive
        .storage
        .replace(&file, &ReplaceGuard::Exists, upload(b"new", false))
        .await;
    assert_eq!(replaced.unwrap_err().kind, StorageErrorKind::SizeRequired);
    assert_eq!(drive.asked().len(), before);
}

// the content is untouched by then, so that a fresh token may send it.
#[tokio::test]
async fn a_token_that_is_over_is_told_and_not_tried_again() {
    let drive = Drive::of(CLARA).await;
    let stale = open(&drive.sandbox, "no-such-token", Duration::from_secs(2));
    let root = ItemId::root();
    let before = drive.asked().len();
    let expired = StorageErrorKind::TokenExpired;
    assert_eq!(stale.probe().await.unwrap_err().kind, expired);
    assert_eq!(stale.list(&root).await.err().unwrap().kind, expired);
    let unread = wharf_domain::content::Upload {
        content: Box::pin(futures_util::stream::once(async {
            panic!("nothing is read before the token is accepted")
        })),
        ..upload(b"a", true)
    };
    let name = "a".parse().unwrap();
    let refused = stale.write(&root, &name, NameConflict::Fail, unread).await;
    assert_eq!(refused.unwrap_err().kind, expired);
    assert_eq!(drive.asked().len() - before, 3);
}

// An address that is over is asked for anew; a token has nothing to do with it.
#[tokio::test]
async fn a_download_whose_address_is_over_gets_another() {
    let drive = Drive::of(BEN).await;
    let file = drive.at(&["Welcome.txt"]).await;
    let over = refusal(401, "unauthenticated", None);
    drive.inject("GET /onedrive/download", over.clone(), 0, 2);
    assert!(!drive.read(&file).await.is_empty());
    drive.inject("GET /onedrive/download", over, 0, 3);
    let refused = drive.storage.read(&file, None).await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Unavailable);
}

// The whole may come where a part was asked for, and says so.
#[tokio::test]
async fn a_range_that_is_not_heeded_is_told() {
    let drive = Drive::of(BEN).await;
    let file = drive.at(&["Welcome.txt"]).await;
    let whole = drive.read(&file).await;
    let range = Some(ByteRange::Between(2, 4));
    let part = drive.storage.read(&file, range).await.unwrap();
    assert!(part.range.is_some());
    assert_eq!(super::collect(part).await.unwrap(), whole[2..=4]);
    drive.inject("GET /onedrive/download", Fault::IgnoreRange, 0, 1);
    let unheeded = drive.storage.read(&file, range).await.unwrap();
    assert_eq!(unheeded.range, None);
    assert_eq!(super::collect(unheeded).await.unwrap(), whole);
}

// L-03: nothing that Microsoft said goes into an error, and neither does a token nor a lent address.
#[tokio::test]
async fn an_error_repeats_nothing() {
    let drive = Drive::of(CLARA).await;
    let file = drive.at(&["Welcome.txt"]).await;
    for (route, fault) in [
        (
            "GET /v1.0/me/drive/items/*",
            refusal(403, "a-secret-code", None),
        ),
        ("GET /v1.0/me/drive/items/*", Fault::FlipSent),
        (
            "GET /onedrive/download",
            refusal(500, "a-secret-code", None),
        ),
        ("GET /onedrive/download", Fault::LostAnswer),
    ] {
        drive.inject(route, fault, 0, 3);
        let error = drive.storage.read(&file, None).await.unwrap_err();
        let told = told(&error);
        for secret in ["a-secret-code", "tempauth", "Welcome", "v1.0"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}

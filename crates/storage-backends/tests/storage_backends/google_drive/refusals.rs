//! What Drive's refusals come to.

use std::time::Duration;

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_sandbox::{Fault, RetryAfter};

use crate::drive::{refusal, told};

use super::{Drive, open, upload};

const FILES: &str = "GET /drive/v3/files";

// what passes is asked again, three times at most.
#[tokio::test]
async fn a_rate_limit_is_waited_out_and_in_the_end_told() {
    let drive = Drive::start().await;
    let root = ItemId::root();
    drive.inject(
        FILES,
        refusal(403, "userRateLimitExceeded", Some(RetryAfter::Secs(0))),
        2,
    );
    assert!(!drive.items(&root).await.is_empty());
    drive.inject(
        FILES,
        refusal(429, "rateLimitExceeded", Some(RetryAfter::DateInSecs(0))),
        3,
    );
    let refused = drive.storage.list(&root).await.err().unwrap();
    // A date tells whole seconds.
    let is_told = matches!(
        refused.kind,
        StorageErrorKind::RateLimited { retry_after: Some(wait) } if wait <= Duration::from_secs(1)
    );
    assert!(is_told, "{refused:?}");
    let asked = drive.asked("GET");
    let lists = asked.iter().filter(|path| *path == "/drive/v3/files");
    // Two refusals and an answer, and three refusals.
    assert_eq!(lists.count(), 6);
}

// one who asks for more patience than there is, is not asked again.
#[tokio::test]
async fn a_long_wait_is_told_at_once() {
    let drive = Drive::start().await;
    drive.inject(
        "GET /drive/v3/about",
        refusal(403, "rateLimitExceeded", Some(RetryAfter::Secs(60))),
        9,
    );
    let refused = drive.storage.probe().await.unwrap_err();
    let retry_after = Some(Duration::from_secs(60));
    assert_eq!(refused.kind, StorageErrorKind::RateLimited { retry_after });
    assert_eq!(drive.asked("GET").len(), 1);
}

// a quota does not come back by asking.
#[tokio::test]
async fn what_is_used_up_is_asked_for_once() {
    let drive = Drive::start().await;
    let file = drive.at(&["Welcome.txt"]).await;
    let limited = StorageErrorKind::RateLimited { retry_after: None };
    for (reason, expected) in [
        ("downloadQuotaExceeded", limited.clone()),
        ("dailyLimitExceeded", limited),
        ("cannotDownloadAbusiveFile", StorageErrorKind::Forbidden),
        ("insufficientFilePermissions", StorageErrorKind::Forbidden),
    ] {
        let before = drive.asked("GET").len();
        // The first request is the look at the file.
        drive.sandbox.inject(
            wharf_sandbox::FaultRule::on("GET /drive/v3/files/*", refusal(403, reason, None))
                .skip(1)
                .times(1),
        );
        let refused = drive.storage.read(&file, None).await.unwrap_err();
        assert_eq!(refused.kind, expected, "{reason}");
        assert_eq!(drive.asked("GET").len() - before, 2, "{reason}");
    }
}

#[tokio::test]
async fn a_full_drive_says_so_before_anything_is_sent() {
    let drive = Drive::start().await;
    drive
        .sandbox
        .set_storage_limit(wharf_sandbox::Provider::Google, super::CLARA, 0);
    let refused = drive
        .store(&ItemId::root(), "new.txt", upload(b"new", true))
        .await;
    assert_eq!(refused.unwrap_err().kind, StorageErrorKind::Full);
    // Of an unknown size it shows at the end, and leaves nothing either.
    let refused = drive
        .store(&ItemId::root(), "new.txt", upload(b"new", false))
        .await;
    assert_eq!(refused.unwrap_err().kind, StorageErrorKind::Full);
    let found = drive
        .storage
        .find(&ItemId::root(), &"new.txt".parse().unwrap())
        .await;
    assert_eq!(found.unwrap(), None);
}

// the content is untouched by then, so that a fresh token may send it.
#[tokio::test]
async fn a_token_that_is_over_is_told_and_not_tried_again() {
    let drive = Drive::start().await;
    let stale = open(&drive.sandbox, "no-such-token", Duration::from_secs(2));
    let root = ItemId::root();
    assert_eq!(
        stale.probe().await.unwrap_err().kind,
        StorageErrorKind::TokenExpired
    );
    assert_eq!(
        stale.list(&root).await.err().unwrap().kind,
        StorageErrorKind::TokenExpired
    );
    let (name, conflict) = (
        "a".parse().unwrap(),
        wharf_domain::ports::storage::NameConflict::Fail,
    );
    let unread = wharf_domain::content::Upload {
        content: Box::pin(futures_util::stream::once(async {
            panic!("nothing is read before the token is accepted")
        })),
        ..upload(b"", false)
    };
    let refused = stale
        .write(&root, &name, conflict, unread)
        .await
        .unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::TokenExpired);
    assert_eq!(
        drive
            .sandbox
            .requests()
            .iter()
            .filter(|asked| asked.status == Some(401))
            .count(),
        3
    );
}

// L-03: nothing that Google said goes into an error, and neither does a token.
#[tokio::test]
async fn an_error_repeats_nothing() {
    let drive = Drive::start().await;
    for fault in [
        refusal(403, "a-secret-reason", None),
        Fault::FlipSent,
        Fault::CutSent,
        Fault::LostAnswer,
    ] {
        drive.inject("GET /drive/v3/about", fault, 3);
        let error = drive.storage.probe().await.unwrap_err();
        let told = told(&error);
        for secret in ["a-secret-reason", "ya29", "permissionId", "drive/v3"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}

//! Storing contents: whole or in chunks, and what breaks on the way.

use super::*;
use std::time::Instant;
use wharf_domain::ports::storage::ReplaceGuard;
use wharf_domain::verification::Verification;
use wharf_sandbox::{Fault, FaultRule};

fn answered(status: u16, after_effect: bool) -> Fault {
    Fault::Answer {
        status,
        error: None,
        retry_after: None,
        after_effect,
    }
}

fn count(requests: &[String], wanted: &str) -> usize {
    requests.iter().filter(|request| *request == wanted).count()
}

//
#[tokio::test]
async fn a_content_is_compared_with_what_the_server_stored() {
    let cloud = Cloud::start(false).await;
    for (name, size) in [("nothing", 0), ("small", 70_000), ("large", LARGE)] {
        let bytes = pattern(size);
        let written = cloud.store(name, &bytes).await.unwrap();
        assert_eq!(written.verification, Verification::Digest, "{name}");
        assert!(
            content(&*cloud.storage, &written.item).await == bytes,
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_is_large_goes_in_chunks() {
    let cloud = Cloud::start(false).await;
    let first = cloud.sandbox.requests().len();
    cloud.store("large.bin", &pattern(LARGE)).await.unwrap();
    let requests = cloud.requests_since(first);
    for number in ["PUT 1", "PUT 2", "PUT 3", "MOVE .file"] {
        assert_eq!(count(&requests, number), 1, "{number} in {requests:?}");
    }
    assert!(!requests.contains(&"PUT 4".to_owned()));
    assert_eq!(cloud.sandbox.nextcloud().state().open_uploads, []);
    // What the installation can do is asked once.
    cloud.store("another.bin", b"1").await.unwrap();
    let requests = cloud.requests_since(first);
    assert_eq!(count(&requests, "GET capabilities"), 1);
}

// what the server has is not sent again, and what it has not is.
#[tokio::test]
async fn a_broken_chunk_is_sent_again_unless_the_server_has_it() {
    for (fault, expected) in [
        (Fault::ResetBefore, 2),
        (answered(503, false), 2),
        (Fault::LostAnswer, 1),
        (answered(502, true), 1),
    ] {
        let cloud = Cloud::start(false).await;
        let rule = FaultRule::on("PUT */uploads/*/2", fault.clone());
        cloud.sandbox.inject(rule.times(1));
        let first = cloud.sandbox.requests().len();
        let bytes = pattern(LARGE);
        let written = cloud.store("large.bin", &bytes).await.unwrap();
        let requests = cloud.requests_since(first);
        assert_eq!(
            count(&requests, "PUT 2"),
            expected,
            "{fault:?} {requests:?}"
        );
        assert!(
            content(&*cloud.storage, &written.item).await == bytes,
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_move_whose_answer_is_lost_is_told_by_looking() {
    for (fault, verification) in [
        (Fault::LostAnswer, Verification::SizeOnly),
        (answered(504, true), Verification::SizeOnly),
        (
            Fault::LateAssembly {
                status: 423,
                ms: 700,
            },
            Verification::SizeOnly,
        ),
        (
            Fault::LateAssembly {
                status: 504,
                ms: 700,
            },
            Verification::SizeOnly,
        ),
        (answered(504, false), Verification::Digest),
        (Fault::ResetBefore, Verification::Digest),
    ] {
        let cloud = Cloud::start(false).await;
        let file = cloud.store("file", b"old").await.unwrap().item;
        let bytes = pattern(LARGE);
        let inject = || {
            let rule = FaultRule::on("MOVE *.file", fault.clone());
            cloud.sandbox.inject(rule.times(1));
        };
        inject();
        let written = cloud.store("large.bin", &bytes).await.unwrap();
        assert_eq!(written.verification, verification, "{fault:?}");
        assert!(
            content(&*cloud.storage, &written.item).await == bytes,
            "{fault:?}"
        );
        inject();
        let tag = ReplaceGuard::Matches(file.etag.clone().into_iter().collect());
        let replaced = cloud
            .storage
            .replace(&file.id, &tag, upload(&bytes))
            .await
            .unwrap();
        assert_eq!(replaced.verification, verification, "{fault:?}");
        assert!(content(&*cloud.storage, &file).await == bytes, "{fault:?}");
        assert_eq!(cloud.sandbox.nextcloud().state().open_uploads, []);
    }
}

// Somebody else's file is not overwritten, nor taken for ours.
#[tokio::test]
async fn a_name_that_is_taken_meanwhile_is_left_alone() {
    let cloud = Cloud::start(false).await;
    let theirs = cloud.store("large.bin", b"theirs").await.unwrap().item;
    let bytes = pattern(LARGE);
    assert_eq!(
        cloud.store("large.bin", &bytes).await,
        Err(StorageErrorKind::AlreadyExists)
    );
    let (root, name) = (ItemId::root(), "large.bin".parse().unwrap());
    let numbered = cloud
        .storage
        .write(&root, &name, NameConflict::Number, upload(&bytes));
    assert_eq!(numbered.await.unwrap().item.name, "large (2).bin");
    assert_eq!(content(&*cloud.storage, &theirs).await, b"theirs");
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_not_replaced() {
    let cloud = Cloud::start(false).await;
    let file = cloud.store("file", b"old").await.unwrap().item;
    let guard = ReplaceGuard::Matches(file.etag.clone().into_iter().collect());
    let put = cloud
        .storage
        .replace(&file.id, &ReplaceGuard::Exists, upload(b"theirs"));
    put.await.unwrap();
    let refused = cloud
        .storage
        .replace(&file.id, &guard, upload(b"ours"))
        .await;
    assert_eq!(
        refused.unwrap_err().kind,
        StorageErrorKind::PreconditionFailed
    );
    assert_eq!(content(&*cloud.storage, &file).await, b"theirs");
}

// whatever ends it early, nothing is left.
#[tokio::test]
async fn an_upload_that_is_given_up_leaves_no_folder() {
    let cloud = Cloud::start(false).await;
    let stuck = Upload {
        content: stream::iter([Ok(Bytes::from(pattern(6 * 1024 * 1024)))])
            .chain(stream::pending())
            .boxed(),
        ..upload(&pattern(LARGE))
    };
    let (root, name) = (ItemId::root(), "large.bin".parse().unwrap());
    let storing = cloud.storage.write(&root, &name, NameConflict::Fail, stuck);
    let open = || cloud.sandbox.nextcloud().state().open_uploads;
    let is_begun = async {
        while open().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        _ = storing => panic!("it cannot end"),
        () = is_begun => {}
    }
    gone(&cloud).await;

    let rule = FaultRule::on("PUT */uploads/*/2", answered(403, false));
    cloud.sandbox.inject(rule);
    let refused = cloud.store("large.bin", &pattern(LARGE)).await;
    assert_eq!(refused, Err(StorageErrorKind::Forbidden));
    gone(&cloud).await;
    assert_eq!(cloud.storage.find(&root, &name).await.unwrap(), None);
}

async fn gone(cloud: &Cloud) {
    let until = Instant::now() + Duration::from_secs(20);
    while !cloud.sandbox.nextcloud().state().open_uploads.is_empty() {
        assert!(Instant::now() < until, "the upload's folder is left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

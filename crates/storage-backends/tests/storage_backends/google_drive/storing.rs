//! Uploads: in parts, through whatever breaks off, to a file whose digest is the right one.

use std::time::Duration;

use futures_util::FutureExt;
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::{NameConflict, ReplaceGuard, StorageErrorKind};
use wharf_domain::verification::Verification;
use wharf_sandbox::{Fault, FaultRule};

use super::{Drive, pattern, upload};

const UPLOADS: &str = "PUT /upload/drive/v3/files";

/// A little more than two parts.
const BYTES: usize = 1_700_000;

async fn stored(drive: &Drive, folder: &ItemId, name: &str, is_announced: bool) -> ItemId {
    let bytes = pattern(BYTES);
    let written = drive
        .store(folder, name, upload(&bytes, is_announced))
        .await
        .unwrap();
    assert_eq!(written.verification, Verification::Digest);
    assert_eq!(written.item.size_bytes, Some(BYTES as u64));
    assert!(drive.read(&written.item.id).await == bytes);
    written.item.id
}

#[tokio::test]
async fn a_content_goes_up_in_parts_and_its_digest_is_compared() {
    let drive = Drive::start().await;
    let folder = drive.folder("uploads").await;
    for is_announced in [true, false] {
        let before = drive.asked("PUT").len();
        stored(
            &drive,
            &folder,
            &format!("announced {is_announced}"),
            is_announced,
        )
        .await;
        assert_eq!(drive.asked("PUT").len() - before, 3);
    }
}

// a part that breaks off is gone on with from where Drive says, wherever that is.
#[tokio::test]
async fn a_part_that_breaks_off_is_gone_on_with() {
    let drive = Drive::start().await;
    let folder = drive.folder("uploads").await;
    for (number, fault) in [
        Fault::LostAnswer,
        Fault::ResetBefore,
        Fault::Stall,
        Fault::Answer {
            status: 503,
            error: None,
            retry_after: None,
            after_effect: true,
        },
    ]
    .into_iter()
    .enumerate()
    {
        for part in 0..3 {
            let rule = FaultRule::on(UPLOADS, fault.clone()).skip(part).times(1);
            drive.sandbox.inject(rule);
            stored(&drive, &folder, &format!("{number} {part}"), part != 1).await;
        }
    }
    assert_eq!(drive.items(&folder).await.len(), 12);
}

// A session that is over before anything arrived is opened again; later there is nothing to send again.
#[tokio::test]
async fn a_session_that_is_over_is_opened_again_as_long_as_all_is_there() {
    let drive = Drive::start().await;
    let folder = drive.folder("uploads").await;
    drive.inject(UPLOADS, Fault::ExpireUpload, 1);
    stored(&drive, &folder, "first", true).await;
    drive
        .sandbox
        .inject(FaultRule::on(UPLOADS, Fault::ExpireUpload).skip(1).times(1));
    let refused = drive
        .store(&folder, "second", upload(&pattern(BYTES), true))
        .await;
    assert_eq!(refused.unwrap_err().kind, StorageErrorKind::Interrupted);
    assert_eq!(drive.items(&folder).await.len(), 1);
}

//
#[tokio::test]
async fn another_content_than_was_sent_does_not_stay() {
    let drive = Drive::start().await;
    let folder = drive.folder("uploads").await;
    for fault in [Fault::FlipStored, Fault::CutStored, Fault::WrongDigest] {
        for last in [0, 2] {
            let bytes = pattern(if last == 0 { 1000 } else { BYTES });
            drive
                .sandbox
                .inject(FaultRule::on(UPLOADS, fault.clone()).skip(last).times(1));
            let refused = drive.store(&folder, "file", upload(&bytes, true)).await;
            let kind = refused.unwrap_err().kind;
            assert_eq!(kind, StorageErrorKind::IntegrityMismatch, "{fault:?}");
            assert_eq!(drive.items(&folder).await, []);
        }
    }
    stored(&drive, &folder, "file", true).await;
}

// a digest that was not told is asked for once, and nobody is told of one that nobody compared.
#[tokio::test]
async fn what_drive_does_not_tell_of_a_content_is_not_claimed() {
    let drive = Drive::start().await;
    let folder = drive.folder("uploads").await;
    for expected in [Verification::Digest, Verification::SizeOnly] {
        drive.inject("POST /upload/drive/v3/files", Fault::UntoldDigest, 1);
        if expected == Verification::SizeOnly {
            // Before it the folder is looked at, and an id is asked for.
            let look = FaultRule::on("GET /drive/v3/files/*", Fault::UntoldDigest);
            drive.sandbox.inject(look.skip(2).times(1));
        }
        let before = drive.asked("GET").len();
        let name = format!("{expected:?}");
        let stored = drive.store(&folder, &name, upload(b"new", true)).await;
        assert_eq!(stored.unwrap().verification, expected);
        let asked = drive.asked("GET");
        let looks = asked[before..].iter();
        let looks = looks.filter(|path| path.starts_with("/drive/v3/files/"));
        assert_eq!(looks.count(), 3, "{asked:?}");
    }
    // What is damaged shows in the digest that is asked for, too.
    drive.inject("POST /upload/drive/v3/files", Fault::UntoldDigest, 1);
    drive.inject(UPLOADS, Fault::FlipStored, 1);
    let refused = drive.store(&folder, "damaged", upload(b"new", true)).await;
    let kind = refused.unwrap_err().kind;
    assert_eq!(kind, StorageErrorKind::IntegrityMismatch);
    assert_eq!(drive.items(&folder).await.len(), 2);
}

#[tokio::test]
async fn a_damaged_replacement_is_told() {
    let drive = Drive::start().await;
    let file = drive.at(&["Welcome.txt"]).await;
    drive.inject("PUT /upload/drive/v3/files/*", Fault::FlipStored, 1);
    let replaced = drive
        .storage
        .replace(&file, &ReplaceGuard::Exists, upload(b"new", true))
        .await;
    assert_eq!(
        replaced.unwrap_err().kind,
        StorageErrorKind::IntegrityMismatch
    );
}

// what comes down is held to the same digest, and never ends cleanly otherwise.
#[tokio::test]
async fn another_content_than_was_stored_does_not_come_to_its_end() {
    let drive = Drive::start().await;
    let folder = drive.folder("downloads").await;
    let file = stored(&drive, &folder, "file", true).await;
    for fault in [
        Fault::FlipSent,
        Fault::Truncate,
        Fault::ResetInBody,
        Fault::StallInBody,
    ] {
        // After the look at the file.
        drive.sandbox.inject(
            FaultRule::on("GET /drive/v3/files/*", fault.clone())
                .skip(1)
                .times(1),
        );
        let download = drive.storage.read(&file, None).await.unwrap();
        let failed = super::collect(download).await.unwrap_err();
        let is_told = matches!(
            failed,
            StorageErrorKind::Interrupted | StorageErrorKind::TimedOut
        );
        assert!(is_told, "{fault:?}: {failed:?}");
    }
    drive.sandbox.inject(
        FaultRule::on("GET /drive/v3/files/*", Fault::CutSent)
            .skip(1)
            .times(1),
    );
    let refused = drive.storage.read(&file, None).await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Interrupted);
}

// Names are looked for when an upload begins and again before it ends.
#[tokio::test]
async fn a_name_that_is_taken_meanwhile_is_not_taken_twice() {
    use futures_util::{StreamExt, stream};
    let drive = Drive::start().await;
    let folder = drive.folder("uploads").await;
    for (conflict, expected) in [
        (NameConflict::Fail, None),
        (NameConflict::Number, Some("file (2).txt")),
    ] {
        let name = "file.txt".parse().unwrap();
        let (go_on, gone_on) = tokio::sync::oneshot::channel::<()>();
        let held = stream::once(gone_on.map(|_| Ok(bytes::Bytes::from_static(b"late"))));
        let late = wharf_domain::content::Upload {
            content: held.boxed(),
            ..upload(b"", false)
        };
        let late = drive.storage.write(&folder, &name, conflict, late);
        let early = async {
            // Only once the session of the other is open.
            while drive.sandbox.open_uploads().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let early = drive
                .store(&folder, "file.txt", upload(b"early", true))
                .await
                .unwrap();
            go_on.send(()).unwrap();
            early.item
        };
        let (late, early) = futures_util::future::join(late, early).await;
        match expected {
            None => assert_eq!(late.unwrap_err().kind, StorageErrorKind::AlreadyExists),
            Some(name) => assert_eq!(late.unwrap().item.name, name),
        }
        assert_eq!(drive.read(&early.id).await, b"early");
        for item in drive.items(&folder).await {
            drive.storage.delete(&item.id).await.unwrap();
        }
    }
}

// A repeat of what was done already finds it, and makes no second one.
#[tokio::test]
async fn what_was_made_without_an_answer_is_made_once() {
    let drive = Drive::start().await;
    let folder = drive.folder("made").await;
    drive.inject("POST /drive/v3/files", Fault::LostAnswer, 1);
    let sub = drive
        .storage
        .create_folder(&folder, &"sub".parse().unwrap())
        .await
        .unwrap();
    let to = |name: &str| wharf_domain::ports::storage::Destination {
        folder: Some(folder.clone()),
        name: Some(name.parse().unwrap()),
        conflict: NameConflict::Fail,
    };
    let file = drive.at(&["Welcome.txt"]).await;
    drive.inject("POST /drive/v3/files/*/copy", Fault::LostAnswer, 1);
    let copy = drive.storage.copy(&file, &to("copy")).await.unwrap();
    drive.inject("PATCH /drive/v3/files/*", Fault::LostAnswer, 1);
    drive
        .storage
        .relocate(&copy.id, &to("moved"))
        .await
        .unwrap();
    assert_eq!(drive.names(&folder).await, ["moved", "sub"]);
    drive.inject("PATCH /drive/v3/files/*", Fault::LostAnswer, 1);
    drive.storage.delete(&sub.id).await.unwrap();
}

// whoever goes away in the middle leaves neither file nor session.
#[tokio::test]
async fn an_upload_that_is_dropped_leaves_nothing() {
    let drive = Drive::start().await;
    let folder = drive.folder("dropped").await;
    for part in 0..3 {
        drive
            .sandbox
            .inject(FaultRule::on(UPLOADS, Fault::Stall).skip(part).times(1));
        let store = drive.store(&folder, "file", upload(&pattern(BYTES), true));
        let begun = async {
            let before = drive.asked("PUT").len();
            while drive.asked("PUT").len() <= before + part as usize {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        drive.give_up(store, begun).await;
    }
    assert_eq!(drive.items(&folder).await, []);
}

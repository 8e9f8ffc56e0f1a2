//! Uploads: in one request or in fragments, through whatever breaks off, to a file whose digest is the right one.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use wharf_domain::item::{ItemId, ItemName};
use wharf_domain::ports::storage::{NameConflict, ReplaceGuard, StorageErrorKind};
use wharf_domain::verification::Verification;
use wharf_sandbox::Fault;

use super::{BEN, CLARA, Drive, FRAGMENTS, SESSIONS, pattern, upload};

/// What a fragment of ours holds: twice 320 KiB.
const FRAGMENT_BYTES: usize = 655_360;

/// A little more than two of them.
const BYTES: usize = 1_400_000;

const CONTENTS: &str = "PUT /v1.0/me/drive/items/*";

fn count(drive: &Drive, route: &str) -> usize {
    let (method, path) = route.split_once(' ').unwrap();
    let requests = drive.sandbox.requests().into_iter();
    let meant = requests.filter(|asked| asked.method == method && asked.path.starts_with(path));
    meant.count()
}

async fn stored(drive: &Drive, folder: &ItemId, name: &str) -> ItemId {
    let bytes = pattern(BYTES);
    let written = drive.store(folder, name, upload(&bytes, true)).await;
    let written = written.unwrap();
    assert_eq!(written.verification, Verification::Digest);
    assert_eq!(written.item.size_bytes, Some(BYTES as u64));
    assert!(drive.read(&written.item.id).await == bytes);
    written.item.id
}

// What fits into one fragment takes one request; a larger content its session and its fragments.
#[tokio::test]
async fn a_content_goes_up_in_as_few_requests_as_it_can() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        let folder = drive.folder("uploads").await;
        for (size, fragments) in [
            (0, 0),
            (1, 0),
            (FRAGMENT_BYTES, 0),
            (FRAGMENT_BYTES + 1, 2),
            (2 * FRAGMENT_BYTES, 2),
            (2 * FRAGMENT_BYTES + 1, 3),
        ] {
            let before = count(&drive, FRAGMENTS);
            let bytes = pattern(size);
            let written = drive
                .store(&folder, &size.to_string(), upload(&bytes, true))
                .await;
            let written = written.unwrap();
            assert_eq!(written.verification, Verification::Digest, "{size}");
            assert!(drive.read(&written.item.id).await == bytes, "{size}");
            assert_eq!(count(&drive, FRAGMENTS) - before, fragments, "{size}");
        }
    }
}

// a fragment that breaks off is gone on with from where OneDrive says, wherever that is.
#[tokio::test]
async fn a_fragment_that_breaks_off_is_gone_on_with() {
    let drive = Drive::within(BEN, Duration::from_millis(500)).await;
    let folder = drive.folder("uploads").await;
    let answer = |status: u16, after_effect: bool| Fault::Answer {
        status,
        error: None,
        retry_after: None,
        after_effect,
    };
    let faults = [
        Fault::LostAnswer,
        Fault::ResetBefore,
        Fault::Stall,
        answer(503, true),
        answer(416, false),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        for part in 0..3 {
            drive.inject(FRAGMENTS, fault.clone(), part, 1);
            stored(&drive, &folder, &format!("{number} {part}")).await;
        }
    }
    assert_eq!(drive.items(&folder).await.len(), 15);
}

// A session that is over before anything arrived is opened again; later there is nothing to send again.
#[tokio::test]
async fn a_session_that_is_over_is_opened_again_as_long_as_all_is_there() {
    let drive = Drive::of(CLARA).await;
    let folder = drive.folder("uploads").await;
    drive.inject(FRAGMENTS, Fault::ExpireUpload, 0, 1);
    stored(&drive, &folder, "first").await;
    for skipped in [1, 2] {
        drive.inject(FRAGMENTS, Fault::ExpireUpload, skipped, 1);
        let refused = drive
            .store(&folder, "second", upload(&pattern(BYTES), true))
            .await;
        assert_eq!(refused.unwrap_err().kind, StorageErrorKind::Interrupted);
    }
    assert_eq!(drive.items(&folder).await.len(), 1);
}

//
#[tokio::test]
async fn another_content_than_was_sent_does_not_stay() {
    let drive = Drive::of(CLARA).await;
    let folder = drive.folder("uploads").await;
    for fault in [Fault::FlipStored, Fault::CutStored, Fault::WrongDigest] {
        for (size, route, skipped) in [(1000, CONTENTS, 0), (BYTES, FRAGMENTS, 2)] {
            drive.inject(route, fault.clone(), skipped, 1);
            let refused = drive
                .store(&folder, "file", upload(&pattern(size), true))
                .await;
            let kind = refused.unwrap_err().kind;
            assert_eq!(
                kind,
                StorageErrorKind::IntegrityMismatch,
                "{fault:?} {size}"
            );
            assert_eq!(drive.items(&folder).await, []);
        }
    }
    stored(&drive, &folder, "file").await;
}

// SharePoint writes its properties into Office files, which is no damage; a personal drive does not.
#[tokio::test]
async fn an_office_file_in_a_library_is_told_to_differ() {
    for size in [1000, BYTES] {
        let drive = Drive::of(CLARA).await;
        let folder = drive.folder("office").await;
        let bytes = pattern(size);
        let written = drive
            .store(&folder, "report.docx", upload(&bytes, true))
            .await;
        let written = written.unwrap();
        assert_eq!(written.verification, Verification::StoredDiffers);
        let told = written.item.size_bytes.unwrap();
        assert!(told > size as u64);
        let read = drive.read(&written.item.id).await;
        assert_eq!(read.len() as u64, told);
        assert!(read.starts_with(&bytes));
        let guard = ReplaceGuard::Matches(vec![written.item.etag.unwrap()]);
        let replaced = drive
            .storage
            .replace(&written.item.id, &guard, upload(&bytes, true));
        let replaced = replaced.await.unwrap();
        assert_eq!(replaced.verification, Verification::StoredDiffers);

        let drive = Drive::of(BEN).await;
        let folder = drive.folder("office").await;
        let written = drive
            .store(&folder, "report.docx", upload(&bytes, true))
            .await;
        assert_eq!(written.unwrap().verification, Verification::Digest);
    }
}

#[tokio::test]
async fn a_damaged_replacement_is_told() {
    let drive = Drive::of(BEN).await;
    let file = drive.at(&["Welcome.txt"]).await;
    drive.inject(CONTENTS, Fault::FlipStored, 0, 1);
    let replaced = drive
        .storage
        .replace(&file, &ReplaceGuard::Exists, upload(b"new", true))
        .await;
    let kind = replaced.unwrap_err().kind;
    assert_eq!(kind, StorageErrorKind::IntegrityMismatch);
}

// what comes down is held to the same digest, and never ends cleanly otherwise.
#[tokio::test]
async fn another_content_than_was_stored_does_not_come_to_its_end() {
    let drive = Drive::of(BEN).await;
    let folder = drive.folder("downloads").await;
    let file = stored(&drive, &folder, "file").await;
    for fault in [
        Fault::FlipSent,
        Fault::Truncate,
        Fault::ResetInBody,
        Fault::StallInBody,
    ] {
        drive.inject("GET /onedrive/download", fault.clone(), 0, 1);
        let download = drive.storage.read(&file, None).await.unwrap();
        let failed = super::collect(download).await.unwrap_err();
        let is_told = matches!(
            failed,
            StorageErrorKind::Interrupted | StorageErrorKind::TimedOut
        );
        assert!(is_told, "{fault:?}: {failed:?}");
    }
    drive.inject("GET /onedrive/download", Fault::CutSent, 0, 1);
    let refused = drive.storage.read(&file, None).await.unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::Interrupted);
}

/// Stores a large content whose last bytes come only once another has taken the name.
async fn race(
    drive: &Drive,
    folder: &ItemId,
    conflict: NameConflict,
    early: &[u8],
) -> (Result<String, StorageErrorKind>, ItemId) {
    let name: ItemName = "file.txt".parse().unwrap();
    let (go_on, gone_on) = tokio::sync::oneshot::channel::<()>();
    let bytes = bytes::Bytes::from(pattern(BYTES));
    let (begin, end) = (bytes.slice(..BYTES - 1), bytes.slice(BYTES - 1..));
    let held = stream::iter([Ok(begin)]).chain(stream::once(gone_on.map(|_| Ok(end))));
    let late = wharf_domain::content::Upload {
        content: held.boxed(),
        ..upload(&bytes, true)
    };
    let late = drive.storage.write(folder, &name, conflict, late);
    let early = async {
        // Only once the session of the other has got something.
        while drive
            .sandbox
            .open_uploads()
            .iter()
            .all(|open| open.received_bytes == 0)
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let early = drive.store(folder, "file.txt", upload(early, true)).await;
        go_on.send(()).unwrap();
        early.unwrap().item.id
    };
    let (late, early) = futures_util::future::join(late, early).await;
    (
        late.map(|written| written.item.name)
            .map_err(|error| error.kind),
        early,
    )
}

#[tokio::test]
async fn a_name_that_is_taken_meanwhile_is_not_taken_twice() {
    for person in [BEN, CLARA] {
        let drive = Drive::of(person).await;
        for (conflict, expected) in [
            (NameConflict::Fail, Err(StorageErrorKind::AlreadyExists)),
            (NameConflict::Number, Ok("file (2).txt".to_owned())),
        ] {
            let folder = drive.folder(&format!("{conflict:?}")).await;
            let (late, early) = race(&drive, &folder, conflict, b"early").await;
            assert_eq!(late, expected);
            assert_eq!(drive.read(&early).await, b"early");
            let left = drive.items(&folder).await.len();
            assert_eq!(left, if conflict == NameConflict::Fail { 1 } else { 2 });
        }
    }
}

// The loser's file has OneDrive's name for a moment. If that cannot be changed it goes, and the winner's stays,
// even where both have the same bytes.
#[tokio::test]
async fn a_loser_takes_only_its_own_file_away() {
    let drive = Drive::of(BEN).await;
    let folder = drive.folder("losing").await;
    let forbidden = Fault::Answer {
        status: 403,
        error: Some("accessDenied".to_owned()),
        retry_after: None,
        after_effect: false,
    };
    drive.inject("PATCH /v1.0/me/drive/items/*", forbidden, 0, 1);
    let bytes = pattern(BYTES);
    let (late, early) = race(&drive, &folder, NameConflict::Number, &bytes).await;
    assert_eq!(late, Err(StorageErrorKind::Forbidden));
    while drive.items(&folder).await.len() > 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(drive.read(&early).await == bytes);
}

// whoever goes away in the middle leaves neither file nor session.
#[tokio::test]
async fn an_upload_that_is_dropped_leaves_nothing() {
    let drive = Drive::within(BEN, Duration::from_secs(10)).await;
    let folder = drive.folder("dropped").await;
    for part in 0..3 {
        drive.inject(FRAGMENTS, Fault::Stall, part, 1);
        let before = count(&drive, FRAGMENTS);
        let store = drive.store(&folder, "file", upload(&pattern(BYTES), true));
        let begun = async {
            while count(&drive, FRAGMENTS) <= before + part as usize {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        drive.give_up(store, begun).await;
    }
    assert_eq!(drive.items(&folder).await, []);
}

// also one that OneDrive had got whole when its caller went away.
#[tokio::test]
async fn a_file_that_nobody_heard_of_is_taken_away() {
    let drive = Drive::within(BEN, Duration::from_secs(10)).await;
    let folder = drive.folder("unheard").await;
    for (size, route, skipped) in [(1000, CONTENTS, 0), (BYTES, FRAGMENTS, 2)] {
        drive.inject(route, Fault::StallInBody, skipped, 1);
        let store = drive.store(&folder, "file", upload(&pattern(size), true));
        let done = async {
            while drive.items(&folder).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            stored = store => panic!("its answer does not come: {stored:?}"),
            () = done => {}
        }
        while !drive.items(&folder).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

// Of what cannot be sent, no session is opened.
#[tokio::test]
async fn nothing_is_opened_for_a_name_that_is_taken() {
    let drive = Drive::of(CLARA).await;
    let folder = drive.folder("taken").await;
    drive
        .store(&folder, "file", upload(b"a", true))
        .await
        .unwrap();
    let before = count(&drive, SESSIONS.trim_end_matches('*'));
    let unread = wharf_domain::content::Upload {
        content: stream::pending().boxed(),
        size_bytes: Some(1 << 40),
        ..upload(b"", true)
    };
    let refused = drive.store(&folder, "file", unread).await;
    assert_eq!(refused.unwrap_err().kind, StorageErrorKind::AlreadyExists);
    assert_eq!(count(&drive, SESSIONS.trim_end_matches('*')), before);
}

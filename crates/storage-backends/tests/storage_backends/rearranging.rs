//! Items moved and copied at servers that fail or whose answers are lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::storage::{
    Destination, NameConflict, Operation, StorageBackend, StorageError, StorageErrorKind,
};

use crate::scripted::{Request, Scripted, answer, file, folder, multistatus};
use crate::support::webdav;

fn id(path: &str) -> ItemId {
    ItemId::new(path).unwrap()
}

fn to(folder: &str, name: &str) -> Destination {
    Destination {
        folder: Some(id(folder)),
        name: Some(name.parse().unwrap()),
        conflict: NameConflict::Fail,
    }
}

/// A server where `/dav/old` is a file, `/dav/dir` and `/dav/sub` are folders, and whatever is moved or
/// copied arrives; but for what the script says instead.
fn server(
    script: impl Fn(&Request, bool) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> (Scripted, Arc<dyn StorageBackend>) {
    let is_done = AtomicBool::new(false);
    let server = Scripted::start(move |request| {
        let is_request = matches!(request.method.as_str(), "MOVE" | "COPY");
        let was_done = is_done.fetch_or(is_request, Ordering::Relaxed);
        script(request, was_done).unwrap_or_else(|| {
            let is_new = request.path.contains("new");
            match request.method.as_str() {
                "MOVE" | "COPY" => answer(201, "", ""),
                _ if is_new && !was_done => answer(404, "", ""),
                _ if request.path.contains("old") => multistatus(&file(&request.path, 10)),
                _ if request.path == "/dav/sub/new" => multistatus(&file(&request.path, 10)),
                _ => multistatus(&folder(&format!("{}/", request.path))),
            }
        })
    });
    let storage = webdav(&server.url(), "anna", "secret");
    (server, storage)
}

async fn perform(
    storage: &dyn StorageBackend,
    operation: Operation,
    item: &str,
    to: &Destination,
) -> Result<Item, StorageError> {
    match operation {
        Operation::Copy => storage.copy(&id(item), to).await,
        _ => storage.relocate(&id(item), to).await,
    }
}

fn sent<'r>(requests: &'r [Request], method: &str) -> &'r Request {
    let mut sent = requests.iter().filter(|request| request.method == method);
    let only = sent.next().unwrap();
    assert!(sent.next().is_none(), "one {method}");
    only
}

// nginx refuses a folder without them, at both ends of the way.
#[tokio::test]
async fn a_folder_goes_with_a_slash_and_a_file_without() {
    for (operation, method, item, name, path, destination) in [
        (
            Operation::Relocate,
            "MOVE",
            "dir",
            "new dir",
            "/dav/dir/",
            "sub/new%20dir/",
        ),
        (
            Operation::Copy,
            "COPY",
            "dir",
            "new dir",
            "/dav/dir/",
            "sub/new%20dir/",
        ),
        (
            Operation::Relocate,
            "MOVE",
            "old",
            "new",
            "/dav/old",
            "sub/new",
        ),
        (Operation::Copy, "COPY", "old", "new", "/dav/old", "sub/new"),
    ] {
        let (server, storage) = server(|_, _| None);
        let there = perform(&*storage, operation, item, &to("sub", name)).await;
        assert_eq!(there.unwrap().id, id(&format!("sub/{name}")));
        let requests = server.requests();
        let request = sent(&requests, method);
        let destination = format!("{}{destination}", server.url());
        assert_eq!(request.path, path);
        assert_eq!(request.header("destination"), Some(&*destination));
        assert_eq!(request.header("overwrite"), Some("F"));
        let depth = (operation == Operation::Copy).then_some("infinity");
        assert_eq!(request.header("depth"), depth);
    }
}

#[tokio::test]
async fn a_way_into_itself_is_seen_before_anything_is_asked() {
    let (server, storage) = server(|_, _| None);
    for (operation, item, destination) in [
        (Operation::Relocate, "dir", to("dir", "new")),
        (Operation::Relocate, "dir", to("dir/deeper", "new")),
        (Operation::Relocate, "sub/a", to("sub", "a")),
        (Operation::Copy, "dir", to("dir", "new")),
        (Operation::Copy, "dir", to("dir/deeper", "dir")),
    ] {
        let refused = perform(&*storage, operation, item, &destination).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind, StorageErrorKind::IntoItself, "{item}");
        assert_eq!(refused.operation, operation);
    }
    assert!(server.requests().is_empty());
}

//
#[tokio::test]
async fn an_answer_that_is_lost_is_made_up_for_by_looking() {
    for operation in [Operation::Relocate, Operation::Copy] {
        for lost in [b"\r\n".to_vec(), answer(504, "", "")] {
            let (_server, storage) = server(move |request, was_done| {
                let is_old = request.path == "/dav/old" && request.method == "PROPFIND";
                match request.method.as_str() {
                    "MOVE" | "COPY" => Some(lost.clone()),
                    _ if is_old && was_done && operation == Operation::Relocate => {
                        Some(answer(404, "", ""))
                    }
                    _ => None,
                }
            });
            let done = perform(&*storage, operation, "old", &to("sub", "new")).await;
            assert_eq!(done.unwrap().id, id("sub/new"), "{operation}");
        }
    }
}

// nobody can tell whether a folder is copied to its end, and half a file is none.
#[tokio::test]
async fn what_is_not_known_to_be_done_is_a_failure() {
    let lose = |request: &Request, was_done: bool| match request.method.as_str() {
        "MOVE" | "COPY" => Some(answer(504, "", "")),
        _ if was_done && request.path == "/dav/sub/new" => {
            Some(multistatus(&file(&request.path, 9)))
        }
        _ => None,
    };
    for (operation, item) in [
        (Operation::Relocate, "old"),
        (Operation::Copy, "old"),
        (Operation::Copy, "dir"),
    ] {
        let (_server, storage) = server(lose);
        let done = perform(&*storage, operation, item, &to("sub", "new")).await;
        let kind = done.unwrap_err().kind;
        assert_eq!(kind, StorageErrorKind::Unavailable, "{operation} {item}");
    }
}

#[tokio::test]
async fn what_failed_within_a_folder_is_told() {
    for (operation, status, kind) in [
        (Operation::Relocate, 423, StorageErrorKind::Locked),
        (Operation::Copy, 507, StorageErrorKind::Full),
        (Operation::Copy, 403, StorageErrorKind::Forbidden),
    ] {
        let (_server, storage) = server(move |request, _| {
            let partly = format!(
                "<D:response><D:href>/dav/dir/x</D:href><D:status>HTTP/1.1 {status} No</D:status></D:response>"
            );
            let is_asked = matches!(request.method.as_str(), "MOVE" | "COPY");
            is_asked.then(|| multistatus(&partly))
        });
        let done = perform(&*storage, operation, "dir", &to("sub", "new")).await;
        assert_eq!(done.unwrap_err().kind, kind, "{operation} {status}");
    }
}

#[tokio::test]
async fn refusals_are_told_by_their_kind() {
    for (status, kind) in [
        (401, StorageErrorKind::CredentialRefused),
        (403, StorageErrorKind::Forbidden),
        (412, StorageErrorKind::AlreadyExists),
        (423, StorageErrorKind::Locked),
        (507, StorageErrorKind::Full),
        (502, StorageErrorKind::Unavailable),
    ] {
        for operation in [Operation::Relocate, Operation::Copy] {
            let (_server, storage) = server(move |request, was_done| {
                let is_asked = matches!(request.method.as_str(), "MOVE" | "COPY");
                let is_absent = was_done && request.path == "/dav/sub/new";
                if is_asked {
                    Some(answer(status, "", ""))
                } else {
                    is_absent.then(|| answer(404, "", ""))
                }
            });
            let done = perform(&*storage, operation, "old", &to("sub", "new")).await;
            assert_eq!(done.unwrap_err().kind, kind, "{operation} {status}");
        }
    }
}

// The name that an item has already is taken, by itself.
#[tokio::test]
async fn an_item_is_not_numbered_into_its_own_name() {
    let (server, storage) = server(|request, _| {
        let destination = request.header("destination")?;
        destination.ends_with("/old").then(|| answer(412, "", ""))
    });
    let numbered = Destination {
        folder: None,
        conflict: NameConflict::Number,
        ..to("unused", "old")
    };
    let moved = storage.relocate(&id("old (2)"), &numbered).await;
    assert_eq!(moved.unwrap().name, "old (3)");
    assert!(server.requests().iter().all(|request| {
        !request
            .header("destination")
            .is_some_and(|destination| destination.ends_with("/old%20%282%29"))
    }));
}

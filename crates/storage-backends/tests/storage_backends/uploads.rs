//! Uploads to servers that fail, lie or fall silent in the middle: what is asked of them, and that
//! nothing is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use wharf_domain::content::{ContentType, Upload, UploadInterrupted, UploadStream};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageError, StorageErrorKind};
use wharf_sandbox::{Sandbox, Scenario};

use crate::scripted::{Request, Scripted, answer, file, folder, multistatus};
use crate::support::webdav;

const TEXT: &str = "0123456789";

fn whole() -> UploadStream {
    stream::iter([Ok(TEXT.into())]).boxed()
}

async fn store(
    storage: &dyn StorageBackend,
    conflict: NameConflict,
    content: UploadStream,
) -> Result<Item, StorageError> {
    let upload = Upload {
        content,
        size_bytes: Some(10),
        content_type: "text/plain".parse::<ContentType>().unwrap(),
    };
    let (root, name) = (ItemId::root(), "a b.txt".parse().unwrap());
    let written = storage.write(&root, &name, conflict, upload).await;
    written.map(|written| written.item)
}

/// A sound server with a folder `/dav/` that keeps nothing, but for what the script says instead.
fn server(
    script: impl Fn(&Request) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> (Scripted, Arc<dyn StorageBackend>) {
    let is_moved = AtomicBool::new(false);
    let server = Scripted::start(move |request| {
        script(request).unwrap_or_else(|| match request.method.as_str() {
            "PUT" => answer(201, "", ""),
            "MOVE" => {
                is_moved.store(true, Ordering::Relaxed);
                answer(201, "", "")
            }
            "DELETE" => answer(204, "", ""),
            "PROPFIND" if request.path == "/dav/" => multistatus(&folder("/dav/")),
            // The file has one of its two names at a time.
            "PROPFIND" if is_temporary(&request.path) != is_moved.load(Ordering::Relaxed) => {
                multistatus(&file(&request.path, 10))
            }
            _ => answer(404, "", ""),
        })
    });
    let storage = webdav(&server.url(), "anna", "secret");
    (server, storage)
}

fn is_temporary(path: &str) -> bool {
    path.starts_with("/dav/.wharf-") && path.ends_with(".tmp")
}

/// The temporary path of the only PUT.
fn put_path(server: &Scripted) -> String {
    let puts: Vec<_> = server
        .asked()
        .into_iter()
        .filter(|(method, _)| method == "PUT")
        .collect();
    assert_eq!(puts.len(), 1);
    puts[0].1.clone()
}

/// Waits until enough was asked of the server.
async fn wait_until(server: &Scripted, is_enough: impl Fn(&[(String, String)]) -> bool) {
    let wait = async {
        while !is_enough(&server.asked()) {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), wait).await;
    assert!(waited.is_ok(), "only {:?} was asked", server.asked());
}

/// Waits for what is cleared up in the background.
async fn wait_for_delete(server: &Scripted, path: &str) {
    let delete = ("DELETE".to_owned(), path.to_owned());
    wait_until(server, |asked| asked.contains(&delete)).await;
}

#[tokio::test]
async fn a_file_is_put_aside_and_moved_into_place_without_overwriting() {
    let (server, storage) = server(|_| None);
    let item = store(&*storage, NameConflict::Fail, whole()).await.unwrap();
    assert_eq!((item.name.as_str(), item.size_bytes), ("a b.txt", Some(10)));

    let requests = server.requests();
    let methods: Vec<_> = requests
        .iter()
        .map(|request| request.method.as_str())
        .collect();
    assert_eq!(methods, ["PROPFIND", "PUT", "MOVE", "PROPFIND"]);
    let (put, moved) = (&requests[1], &requests[2]);
    assert!(is_temporary(&put.path), "{}", put.path);
    assert_eq!(put.header("content-length"), Some("10"));
    assert_eq!(put.header("content-type"), Some("text/plain"));
    // base64 of anna:secret
    assert_eq!(put.header("authorization"), Some("Basic YW5uYTpzZWNyZXQ="));
    assert_eq!(moved.path, put.path);
    assert_eq!(
        moved.header("destination"),
        Some(&*format!("{}a%20b.txt", server.url()))
    );
    assert_eq!(moved.header("overwrite"), Some("F"));
}

#[tokio::test]
async fn a_name_taken_in_the_meantime_is_refused_or_numbered() {
    let taken = |request: &Request| {
        let is_first = request.header("destination")?.ends_with("/a%20b.txt");
        is_first.then(|| answer(412, "", ""))
    };
    let (failing, storage) = server(taken);
    let stored = store(&*storage, NameConflict::Fail, whole()).await;
    assert_eq!(stored.unwrap_err().kind, StorageErrorKind::AlreadyExists);
    wait_for_delete(&failing, &put_path(&failing)).await;

    let (_server, storage) = server(taken);
    let stored = store(&*storage, NameConflict::Number, whole()).await;
    assert_eq!(stored.unwrap().name, "a b (2).txt");
}

// the server moved the file, and its answer was lost.
#[tokio::test]
async fn a_move_whose_answer_is_lost_is_looked_after() {
    for lost in [b"\r\n".to_vec(), answer(504, "", "")] {
        let server = Scripted::start(move |request| match request.method.as_str() {
            "PUT" => answer(201, "", ""),
            "MOVE" => lost.clone(),
            _ if is_temporary(&request.path) => answer(404, "", ""),
            _ => multistatus(&file(&request.path, 10)),
        });
        let storage = webdav(&server.url(), "anna", "secret");
        let stored = store(&*storage, NameConflict::Number, whole()).await;
        assert_eq!(stored.unwrap().name, "a b.txt");
    }
}

// what the server kept is not what was sent.
#[tokio::test]
async fn a_file_of_another_size_is_taken_back() {
    let (server, storage) = server(|request| {
        let is_file = request.method == "PROPFIND";
        is_file.then(|| multistatus(&file(&request.path, 9)))
    });
    let stored = store(&*storage, NameConflict::Number, whole()).await;
    assert_eq!(stored.unwrap_err().kind, StorageErrorKind::Interrupted);
    wait_for_delete(&server, "/dav/a%20b.txt").await;
}

//
#[tokio::test]
async fn whatever_fails_the_temporary_file_is_deleted() {
    for (method, status, kind) in [
        ("PUT", 403, StorageErrorKind::Forbidden),
        ("PUT", 413, StorageErrorKind::TooLarge),
        ("PUT", 409, StorageErrorKind::NotFound),
        ("MOVE", 403, StorageErrorKind::Forbidden),
        ("MOVE", 409, StorageErrorKind::NotFound),
        ("MOVE", 502, StorageErrorKind::Unavailable),
        ("MOVE", 423, StorageErrorKind::Locked),
    ] {
        let (server, storage) =
            server(move |request| (request.method == method).then(|| answer(status, "", "")));
        let stored = store(&*storage, NameConflict::Number, whole()).await;
        assert_eq!(stored.unwrap_err().kind, kind, "{method} {status}");
        wait_for_delete(&server, &put_path(&server)).await;
    }
}

//
#[tokio::test]
async fn an_interrupted_upload_is_deleted() {
    let (server, storage) = server(|_| None);
    let watched = server.clone();
    let hang_up = stream::once(async move {
        wait_until(&watched, |asked| asked.len() == 2).await;
        Err(UploadInterrupted)
    });
    let content = stream::iter([Ok("01234".into())]).chain(hang_up).boxed();
    let stored = store(&*storage, NameConflict::Fail, content).await;
    assert_eq!(
        stored.unwrap_err().kind,
        StorageErrorKind::UploadInterrupted
    );
    wait_for_delete(&server, &put_path(&server)).await;
    assert!(server.asked().iter().all(|(method, _)| method != "MOVE"));
}

// the future is dropped while the server waits for the rest of the body.
#[tokio::test]
async fn a_cancelled_upload_is_deleted() {
    let (server, storage) = server(|_| None);
    let content = stream::iter([Ok("01234".into())])
        .chain(stream::pending())
        .boxed();
    let task = tokio::spawn(async move { store(&*storage, NameConflict::Number, content).await });
    wait_until(&server, |asked| !asked.is_empty()).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    wait_for_delete(&server, &put_path(&server)).await;
    assert!(server.asked().iter().all(|(method, _)| method != "MOVE"));
}

// the future is dropped when the file has its name already, but nobody has been told.
#[tokio::test]
async fn an_upload_cancelled_after_the_move_is_taken_back() {
    // An empty answer is silence.
    let (server, storage) = server(|request| (request.method == "PROPFIND").then(Vec::new));
    let task = tokio::spawn(async move { store(&*storage, NameConflict::Number, whole()).await });
    wait_until(&server, |asked| asked.len() == 3).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    wait_for_delete(&server, "/dav/a%20b.txt").await;
}

// D-03
#[tokio::test]
async fn a_refused_credential_is_not_tried_again_to_clear_up() {
    let (server, storage) = server(|_| Some(answer(401, "", "")));
    let stored = store(&*storage, NameConflict::Number, whole()).await;
    assert_eq!(
        stored.unwrap_err().kind,
        StorageErrorKind::CredentialRefused
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_full_account_is_told() {
    let sandbox = Sandbox::start();
    let storage = webdav(&sandbox.odd(Scenario::Full), "anna", "secret");
    let stored = store(&*storage, NameConflict::Fail, whole()).await;
    assert_eq!(stored.unwrap_err().kind, StorageErrorKind::Full);
}

//! Contents replaced at servers that fail, lie or know no tags: what is asked of them, and that the old
//! content goes only for a new one that is whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::storage::{ReplaceGuard, StorageBackend, StorageError, StorageErrorKind};
use wharf_sandbox::{Sandbox, Scenario};

use crate::scripted::{Request, Scripted, answer, file, folder, multistatus, tagged};
use crate::support::webdav;

fn guard(tag: &str) -> ReplaceGuard {
    ReplaceGuard::Matches(vec![tag.parse().unwrap()])
}

async fn replace(storage: &dyn StorageBackend, guard: &ReplaceGuard) -> Result<Item, StorageError> {
    let upload = Upload {
        content: stream::iter([Ok("0123456789".into())]).boxed(),
        size_bytes: Some(10),
        content_type: ContentType::octet_stream(),
    };
    let id = ItemId::new("sub/a b.txt").unwrap();
    let written = storage.replace(&id, guard, upload).await;
    written.map(|written| written.item)
}

/// A sound server with one file whose tag is this, but for what the script says instead.
fn server(
    etag: &'static str,
    script: impl Fn(&Request) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> (Scripted, Arc<dyn StorageBackend>) {
    let server = Scripted::start(move |request| {
        script(request).unwrap_or_else(|| match request.method.as_str() {
            "PUT" => answer(201, "", ""),
            "MOVE" | "DELETE" => answer(204, "", ""),
            _ if is_temporary(request) => multistatus(&file(&request.path, 10)),
            _ => multistatus(&tagged(&request.path, etag)),
        })
    });
    let storage = webdav(&server.url(), "anna", "secret");
    (server, storage)
}

fn is_temporary(request: &Request) -> bool {
    request.path.starts_with("/dav/sub/.wharf-") && request.path.ends_with(".tmp")
}

fn methods(server: &Scripted) -> Vec<String> {
    let asked = server.asked().into_iter();
    asked.map(|(method, _)| method).collect()
}

fn moves(server: &Scripted) -> Vec<Request> {
    let requests = server.requests().into_iter();
    requests
        .filter(|request| request.method == "MOVE")
        .collect()
}

// R-14, RFC 4918, section 10.4: the server itself holds the condition.
#[tokio::test]
async fn a_strong_tag_goes_along_with_the_move() {
    let (server, storage) = server("\"1\"", |_| None);
    let item = replace(&*storage, &guard("\"1\"")).await.unwrap();
    assert_eq!((item.name.as_str(), item.size_bytes), ("a b.txt", Some(10)));

    let expected = [
        "PROPFIND", "PUT", "PROPFIND", "PROPFIND", "MOVE", "PROPFIND",
    ];
    assert_eq!(methods(&server), expected);
    let moved = &moves(&server)[0];
    assert!(is_temporary(moved), "{}", moved.path);
    let target = format!("{}sub/a%20b.txt", server.url());
    assert_eq!(moved.header("destination"), Some(&*target));
    assert_eq!(moved.header("overwrite"), Some("T"));
    assert_eq!(moved.header("if"), Some(&*format!("<{target}> ([\"1\"])")));
}

// Apache's tags are weak at first and then strong; dav-server and wsgidav leave out the quotes.
#[tokio::test]
async fn a_tag_is_known_however_the_server_writes_it() {
    for (told, expected, sent) in [
        ("W/\"1\"", "W/\"1\"", None),
        ("W/\"1\"", "\"1\"", None),
        ("\"1\"", "W/\"1\"", Some("\"1\"")),
        ("1", "\"1\"", Some("\"1\"")),
        ("&quot;1&quot;", "\"1\"", Some("\"1\"")),
    ] {
        let (server, storage) = server(told, |_| None);
        replace(&*storage, &guard(expected)).await.unwrap();
        let moved = moves(&server).remove(0);
        let sent = sent.map(|tag| format!("<{}sub/a%20b.txt> ([{tag}])", server.url()));
        assert_eq!(moved.header("if"), sent.as_deref(), "{told} {expected}");
    }
}

// If-Match on a server without tags is refused, and nothing is sent in vain.
#[tokio::test]
async fn a_file_without_a_tag_is_none_that_was_expected() {
    for etag in ["", "\"2\"", "a b"] {
        let (server, storage) = server(etag, |_| None);
        let replaced = replace(&*storage, &guard("\"1\"")).await;
        let kind = replaced.unwrap_err().kind;
        assert_eq!(kind, StorageErrorKind::PreconditionFailed, "{etag:?}");
        assert_eq!(methods(&server), ["PROPFIND"]);
    }
    let (server, storage) = server("", |_| None);
    replace(&*storage, &ReplaceGuard::Exists).await.unwrap();
    assert_eq!(moves(&server)[0].header("if"), None);
}

#[tokio::test]
async fn a_file_that_changes_while_the_new_content_is_sent_stays() {
    // It changes after the first look.
    let looks = AtomicUsize::new(0);
    let (changed, storage) = server("\"1\"", move |request| {
        let is_file = request.method == "PROPFIND" && !is_temporary(request);
        let is_later = is_file && looks.fetch_add(1, Ordering::Relaxed) > 0;
        is_later.then(|| multistatus(&tagged(&request.path, "\"2\"")))
    });
    let replaced = replace(&*storage, &guard("\"1\"")).await;
    let kind = replaced.unwrap_err().kind;
    assert_eq!(kind, StorageErrorKind::PreconditionFailed);
    assert!(moves(&changed).is_empty());
    assert_eq!(methods(&changed).last().unwrap(), "DELETE");

    // It changes after the last look, and only the server sees it.
    let (server, storage) = server("\"1\"", |request| {
        (request.method == "MOVE").then(|| answer(412, "", ""))
    });
    let replaced = replace(&*storage, &guard("\"1\"")).await;
    let kind = replaced.unwrap_err().kind;
    assert_eq!(kind, StorageErrorKind::PreconditionFailed);
    assert_eq!(methods(&server).last().unwrap(), "DELETE");
}

// what is not whole does not take the old content's place.
#[tokio::test]
async fn a_content_that_the_server_cut_is_not_moved_into_place() {
    let (server, storage) = server("\"1\"", |request| {
        let is_new = request.method == "PROPFIND" && is_temporary(request);
        is_new.then(|| multistatus(&file(&request.path, 9)))
    });
    let replaced = replace(&*storage, &ReplaceGuard::Exists).await;
    assert_eq!(replaced.unwrap_err().kind, StorageErrorKind::Interrupted);
    assert!(moves(&server).is_empty());
    assert_eq!(methods(&server).last().unwrap(), "DELETE");
}

// the server moved the file, and its answer was lost.
#[tokio::test]
async fn a_move_whose_answer_is_lost_is_looked_after() {
    for (is_moved, lost) in [
        (true, b"\r\n".to_vec()),
        (true, answer(504, "", "")),
        (false, answer(504, "", "")),
    ] {
        let tries = Arc::new(AtomicUsize::new(0));
        let tried = Arc::clone(&tries);
        let (server, storage) = server("\"1\"", move |request| {
            let is_gone = is_moved && tried.load(Ordering::Relaxed) > 0;
            match request.method.as_str() {
                "MOVE" => {
                    tried.fetch_add(1, Ordering::Relaxed);
                    Some(lost.clone())
                }
                "PROPFIND" if is_temporary(request) && is_gone => Some(answer(404, "", "")),
                _ => None,
            }
        });
        let replaced = replace(&*storage, &guard("\"1\"")).await;
        assert_eq!(replaced.is_ok(), is_moved, "{replaced:?}");
        assert_eq!(tries.load(Ordering::Relaxed), 1);
        let is_cleared = methods(&server).last().unwrap() == "DELETE";
        assert_eq!(is_cleared, !is_moved);
    }
}

//
#[tokio::test]
async fn whatever_fails_the_old_content_stays_and_the_new_is_deleted() {
    for (method, status, kind) in [
        ("PUT", 507, StorageErrorKind::Full),
        ("PUT", 403, StorageErrorKind::Forbidden),
        ("MOVE", 507, StorageErrorKind::Full),
        ("MOVE", 423, StorageErrorKind::Locked),
        ("MOVE", 403, StorageErrorKind::Forbidden),
        ("MOVE", 502, StorageErrorKind::Unavailable),
    ] {
        let (server, storage) = server("\"1\"", move |request| {
            (request.method == method).then(|| answer(status, "", ""))
        });
        let replaced = replace(&*storage, &ReplaceGuard::Exists).await;
        assert_eq!(replaced.unwrap_err().kind, kind, "{method} {status}");
        let last = server.requests().pop().unwrap();
        assert_eq!(last.method, "DELETE", "{method} {status}");
        assert!(is_temporary(&last), "{method} {status}");
    }
}

#[tokio::test]
async fn a_folder_has_no_content_to_replace() {
    let (server, storage) = server("", |request| {
        Some(multistatus(&folder(&format!("{}/", request.path))))
    });
    let replaced = replace(&*storage, &ReplaceGuard::Exists).await;
    assert_eq!(replaced.unwrap_err().kind, StorageErrorKind::NotAFile);
    assert_eq!(methods(&server), ["PROPFIND"]);
}

#[tokio::test]
async fn a_full_account_keeps_the_old_content() {
    let sandbox = Sandbox::start();
    let storage = webdav(&sandbox.odd(Scenario::Full), "anna", "secret");
    let listed = crate::support::list_top(&*storage).await.unwrap();
    let old = listed.items.iter().find(|item| item.size_bytes > Some(0));
    let old = old.unwrap();
    let upload = Upload {
        content: stream::iter([Ok("new".into())]).boxed(),
        size_bytes: Some(3),
        content_type: ContentType::octet_stream(),
    };
    let replaced = storage
        .replace(&old.id, &ReplaceGuard::Exists, upload)
        .await;
    assert_eq!(replaced.unwrap_err().kind, StorageErrorKind::Full);
    let told = storage.metadata(&old.id).await.unwrap();
    assert_eq!(told.size_bytes, old.size_bytes);
}

//! What a server of S3 may answer, said by a script: other replicas that are faster, answers that are lost,
//! damage on the way.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{ReplaceGuard, StorageBackend, StorageErrorKind};
use wharf_domain::verification::Verification;

use crate::scripted::{Request, Scripted, answer};
use crate::support::registry_in_bucket;

use super::{access, upload, user, write};

const PART: usize = 5 * 1024 * 1024;

/// The SHA-256 of the three bytes that `upload(3, …)` sends, by Python's `hashlib`, in base64.
const DIGEST: &str = "cJ6AyISHokEeHuTfufIqhhSS0gxHZRUMDHlKvXD4FHw=";

fn storage(server: &Scripted) -> Arc<dyn StorageBackend> {
    let endpoint = format!("http://127.0.0.1:{}", server.port());
    let access = access::with_key(&endpoint, "key");
    registry_in_bucket("s3://wharf/prefix", &access).house(user(1))
}

fn object(headers: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\
         Last-Modified: Sat, 28 Nov 2026 00:00:00 GMT\r\n{headers}\r\n"
    )
    .into_bytes()
}

fn refusal(status: u16, code: &str) -> Vec<u8> {
    let body = format!("<Error><Code>{code}</Code><Message>canary</Message></Error>");
    answer(status, "", &body)
}

fn nothing() -> Vec<u8> {
    answer(404, "", "")
}

fn empty_listing() -> Vec<u8> {
    let body = "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>";
    answer(200, "", body)
}

/// What a request is about.
fn kind(request: &Request) -> &'static str {
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    match request.method.as_str() {
        "HEAD" => "look",
        "GET" if query.contains("list-type") => "list",
        "PUT" if query.contains("partNumber") => "part",
        "PUT" => "put",
        "POST" if query.contains("uploads") => "begin",
        "POST" => "complete",
        "DELETE" if query.contains("uploadId") => "abort",
        "DELETE" => "delete",
        _ => "another",
    }
}

fn kinds(server: &Scripted) -> Vec<&'static str> {
    server.requests().iter().map(kind).collect()
}

/// A bucket without objects; `special` answers what it has an answer for.
fn empty_bucket(special: impl Fn(&Request) -> Option<Vec<u8>> + Send + Sync + 'static) -> Scripted {
    Scripted::start_open(move |request| {
        special(request).unwrap_or_else(|| match kind(request) {
            "look" => nothing(),
            "list" => empty_listing(),
            "begin" => answer(
                200,
                "",
                "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
            ),
            "part" => answer(200, "ETag: \"p\"\r\n", ""),
            "abort" | "delete" => answer(204, "", ""),
            _ => answer(500, "", ""),
        })
    })
}

#[tokio::test]
async fn a_small_content_is_one_request_to_a_path_that_demands_a_free_key_and_tells_its_digest() {
    let server = empty_bucket(|request| match kind(request) {
        "put" => Some(answer(200, "ETag: \"e\"\r\n", "")),
        _ => None,
    });
    let _ = write(&*storage(&server), "file", upload(3, true)).await;
    let put = server
        .requests()
        .into_iter()
        .find(|request| kind(request) == "put")
        .unwrap();
    assert_eq!(put.path, format!("/wharf/prefix/{}/file", user(1)));
    assert_eq!(put.header("if-none-match"), Some("*"));
    assert_eq!(put.header("x-amz-checksum-sha256"), Some(DIGEST));
    assert_eq!(put.header("content-length"), Some("3"));
}

//
#[tokio::test]
async fn only_a_digest_that_the_server_repeats_counts_as_verified() {
    let confirmed = format!("x-amz-checksum-sha256: {DIGEST}\r\n");
    for (told, expected) in [
        (confirmed, Verification::Digest),
        (String::new(), Verification::SizeOnly),
    ] {
        let is_there = AtomicUsize::new(0);
        let server = empty_bucket(move |request| match kind(request) {
            "put" => {
                is_there.store(1, Ordering::Relaxed);
                Some(answer(200, &format!("ETag: \"e\"\r\n{told}"), ""))
            }
            "look" if is_there.load(Ordering::Relaxed) > 0 => Some(object("ETag: \"e\"\r\n")),
            _ => None,
        });
        let written = write(&*storage(&server), "file", upload(3, true)).await;
        assert_eq!(written.unwrap().verification, expected);
    }
}

//
#[tokio::test]
async fn other_bytes_than_were_sent_are_refused_and_removed() {
    // The server notices, or has stored them and says what.
    let server = empty_bucket(|request| match kind(request) {
        "put" => Some(refusal(400, "BadDigest")),
        _ => None,
    });
    let written = write(&*storage(&server), "file", upload(3, true)).await;
    assert_eq!(
        written.unwrap_err().kind,
        StorageErrorKind::IntegrityMismatch
    );

    let mark = Arc::new(Mutex::new(String::new()));
    let server = empty_bucket(move |request| {
        let mut mark = mark.lock().unwrap();
        match kind(request) {
            "put" => {
                request
                    .header("x-amz-meta-wharf-upload")
                    .unwrap()
                    .clone_into(&mut mark);
                Some(answer(
                    200,
                    "ETag: \"e\"\r\nx-amz-checksum-sha256: b3RoZXI=\r\n",
                    "",
                ))
            }
            "look" if !mark.is_empty() => Some(object(&format!(
                "ETag: \"e\"\r\nx-amz-meta-wharf-upload: {mark}\r\n"
            ))),
            _ => None,
        }
    });
    let written = write(&*storage(&server), "file", upload(3, true)).await;
    assert_eq!(
        written.unwrap_err().kind,
        StorageErrorKind::IntegrityMismatch
    );
    assert_eq!(kinds(&server).last(), Some(&"delete"));
}

#[tokio::test]
async fn a_key_that_another_replica_took_meanwhile_is_taken() {
    for (status, code) in [
        (412, "PreconditionFailed"),
        (409, "ConditionalRequestConflict"),
    ] {
        let server = empty_bucket(move |request| match kind(request) {
            "put" | "complete" => Some(refusal(status, code)),
            _ => None,
        });
        let storage = storage(&server);
        let small = write(&*storage, "file", upload(3, true)).await;
        assert_eq!(small.unwrap_err().kind, StorageErrorKind::AlreadyExists);
        assert!(!kinds(&server).contains(&"delete"), "it is another's");
        let large = write(&*storage, "file", upload(PART + 1, true)).await;
        assert_eq!(large.unwrap_err().kind, StorageErrorKind::AlreadyExists);
        let requests = server.requests();
        let complete = requests
            .iter()
            .find(|request| kind(request) == "complete")
            .unwrap();
        assert_eq!(complete.header("if-none-match"), Some("*"));
        assert_eq!(kind(requests.last().unwrap()), "abort");
        assert!(!kinds(&server).contains(&"delete"), "it is another's");
    }
}

#[tokio::test]
async fn a_content_that_another_replica_replaced_meanwhile_is_not_replaced() {
    let server = empty_bucket(|request| match kind(request) {
        "look" => Some(object("ETag: \"old\"\r\n")),
        "put" | "complete" => Some(refusal(412, "PreconditionFailed")),
        _ => None,
    });
    let storage = storage(&server);
    let guard = ReplaceGuard::Matches(vec!["\"old\"".parse().unwrap()]);
    let id = wharf_domain::item::ItemId::new("file").unwrap();
    for size in [3, PART + 1] {
        let replaced = storage.replace(&id, &guard, upload(size, true)).await;
        assert_eq!(
            replaced.unwrap_err().kind,
            StorageErrorKind::PreconditionFailed
        );
    }
    let requests = server.requests();
    let closing = requests
        .iter()
        .filter(|request| ["put", "complete"].contains(&kind(request)));
    let conditions: Vec<_> = closing.map(|request| request.header("if-match")).collect();
    assert_eq!(conditions, [Some("\"old\""); 2]);
    assert!(!kinds(&server).contains(&"delete"));
}

// the first answer is lost, and the second try is refused because of what the first one did.
#[tokio::test]
async fn a_content_that_was_stored_although_the_answer_says_otherwise_is_stored() {
    for size in [3, PART + 1] {
        let (mark, tries) = (Mutex::new(String::new()), AtomicUsize::new(0));
        let server = empty_bucket(move |request| {
            let mut mark = mark.lock().unwrap();
            if let Some(told) = request.header("x-amz-meta-wharf-upload") {
                told.clone_into(&mut mark);
            }
            match kind(request) {
                "put" | "complete" => match tries.fetch_add(1, Ordering::Relaxed) {
                    0 => Some(answer(503, "", "")),
                    _ => Some(refusal(412, "PreconditionFailed")),
                },
                "look" if tries.load(Ordering::Relaxed) > 0 => Some(object(&format!(
                    "ETag: \"e\"\r\nx-amz-meta-wharf-upload: {mark}\r\n"
                ))),
                _ => None,
            }
        });
        let written = write(&*storage(&server), "file", upload(size, true)).await;
        assert_eq!(written.unwrap().verification, Verification::SizeOnly);
        assert!(!kinds(&server).contains(&"delete"));
    }
}

// L-03
#[tokio::test]
async fn a_server_in_trouble_is_asked_three_times_and_its_words_go_nowhere() {
    for (status, code, expected, tries) in [
        (503, "SlowDown", StorageErrorKind::Failed, 3),
        (500, "XMinioStorageFull", StorageErrorKind::Full, 1),
        (400, "EntityTooLarge", StorageErrorKind::TooLarge, 1),
        (403, "AccessDenied", StorageErrorKind::Failed, 1),
        (404, "NoSuchBucket", StorageErrorKind::Failed, 1),
    ] {
        let server = empty_bucket(move |request| match kind(request) {
            "put" => Some(refusal(status, code)),
            _ => None,
        });
        let written = write(&*storage(&server), "file", upload(3, true)).await;
        let error = written.unwrap_err();
        assert_eq!(error.kind, expected, "{code}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        let tried = kinds(&server)
            .into_iter()
            .filter(|kind| *kind == "put")
            .count();
        assert_eq!(tried, tries, "{code}");
    }
}

//
#[tokio::test]
async fn a_part_that_is_refused_ends_the_upload() {
    let server = empty_bucket(|request| match kind(request) {
        "part" if request.path.contains("partNumber=2") => Some(refusal(403, "AccessDenied")),
        _ => None,
    });
    let written = write(&*storage(&server), "file", upload(PART + 1, true)).await;
    assert_eq!(written.unwrap_err().kind, StorageErrorKind::Failed);
    assert_eq!(kinds(&server).last(), Some(&"abort"));
}

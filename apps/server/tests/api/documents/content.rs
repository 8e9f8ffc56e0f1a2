//! `GET /api/documents/{id}/content`.

use serde_json::Value;
use wharf_sandbox::Scenario;

use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::content::{bytes, repr_digest, sha256_hex};
use crate::support::scene::{Scene, document_path, store};
use crate::support::server::Server;

const LENGTH: usize = 300_000;

/// Somebody with one document, and where its content is.
async fn with_document(storage: &str) -> (Scene, String, Vec<u8>) {
    let scene = Scene::start().await;
    let place = if storage == "house" {
        "house"
    } else {
        &scene.connection
    };
    let content = bytes(3, LENGTH);
    let path = content_path(&store(&scene.anna, "notes.txt", place, &content).await);
    (scene, path, content)
}

/// The path of a document's content.
fn content_path(document: &Value) -> String {
    format!("{}/content", document_path(document))
}

async fn range(who: &Client, path: &str, range: &str) -> Answer {
    who.get(path).header("Range", range).send().await
}

async fn parts_are_served(storage: &str) {
    let (scene, path, content) = with_document(storage).await;
    for (asked, start, end) in [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=150000-150009", 150_000, 150_009),
        ("bytes=299999-", 299_999, 299_999),
        ("bytes=-1", 299_999, 299_999),
        ("bytes=-100", 299_900, 299_999),
        ("bytes=299000-999999", 299_000, 299_999),
        ("bytes=0-", 0, 299_999),
    ] {
        let answer = range(&scene.anna, &path, asked).await;
        assert_eq!(answer.status, 206, "{asked}");
        assert!(answer.body == content[start..=end], "{asked}");
        let content_range = format!("bytes {start}-{end}/{LENGTH}");
        assert_eq!(
            answer.header("content-range"),
            Some(&*content_range),
            "{asked}"
        );
        assert_eq!(
            answer.header("content-length").unwrap(),
            (end - start + 1).to_string()
        );
        // RFC 9530, section 3: it is the digest of the whole, whatever part is sent.
        assert_eq!(answer.header("repr-digest").unwrap(), repr_digest(&content));
    }
    for asked in ["bytes=300000-", "bytes=300000-300001"] {
        let answer = range(&scene.anna, &path, asked).await;
        assert_eq!(
            answer.header("content-range"),
            Some("bytes */300000"),
            "{asked}"
        );
        answer.problem(416, "range_not_satisfiable");
    }
    // RFC 9110, section 14.2: what cannot be understood is as if it were not there.
    for asked in [
        "bytes=2-1",
        "bytes=-0",
        "bytes=a-b",
        "lines=0-1",
        "bytes",
        "bytes=0-1,5-6",
    ] {
        let answer = range(&scene.anna, &path, asked).await.expect(200);
        assert!(answer.body == content, "{asked}");
    }
}

#[tokio::test]
async fn parts_are_served_from_the_house() {
    parts_are_served("house").await;
}

#[tokio::test]
async fn parts_are_served_from_a_connection() {
    parts_are_served("connection").await;
}

// RFC 9110, section 14.1.2
#[tokio::test]
async fn more_than_all_of_the_end_is_all_of_it() {
    let (scene, path, content) = with_document("house").await;
    let answer = range(&scene.anna, &path, "bytes=-999999").await.expect(206);
    assert!(answer.body == content);
    assert_eq!(
        answer.header("content-range"),
        Some("bytes 0-299999/300000")
    );
}

#[tokio::test]
async fn an_empty_document_has_no_parts() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let document = store(&anna, "empty.txt", "house", b"").await;
    let path = content_path(&document);
    let answer = anna.get(&path).send().await.expect(200);
    assert_eq!(
        (answer.header("content-length"), &answer.body[..]),
        (Some("0"), &b""[..])
    );
    assert_eq!(answer.header("repr-digest").unwrap(), repr_digest(b""));
    range(&anna, &path, "bytes=0-")
        .await
        .problem(416, "range_not_satisfiable");
}

// H-02
#[tokio::test]
async fn a_download_can_do_nothing_in_a_browser() {
    for storage in ["house", "connection"] {
        let (scene, path, content) = with_document(storage).await;
        let answer = scene.anna.get(&path).send().await.expect(200);
        let etag = format!("\"{}\"", sha256_hex(&content));
        for (name, value) in [
            ("accept-ranges", "bytes"),
            ("cache-control", "no-store"),
            ("content-disposition", "attachment; filename=\"notes.txt\""),
            ("content-length", "300000"),
            ("content-security-policy", "sandbox"),
            ("content-type", "text/plain"),
            ("etag", &etag),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name} from {storage}");
        }
        let mut names: Vec<_> = answer.headers.keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        let expected = [
            "accept-ranges",
            "cache-control",
            "content-disposition",
            "content-length",
            "content-security-policy",
            "content-type",
            "date",
            "etag",
            "referrer-policy",
            "repr-digest",
            "x-content-type-options",
            "x-request-id",
        ];
        assert_eq!(names, expected, "nothing else comes through from {storage}");
    }
}

// H-01: RFC 6266 with RFC 8187.
#[tokio::test]
async fn names_cannot_break_out_of_their_header() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for (name, encoded) in [
        ("a \"quoted\" name.txt", "a%20%22quoted%22%20name.txt"),
        ("back\\slash.txt", "back%5Cslash.txt"),
        (
            "Ümläut – größer.txt",
            "%C3%9Cml%C3%A4ut%20%E2%80%93%20gr%C3%B6%C3%9Fer.txt",
        ),
        (
            "日本語 🚢.txt",
            "%E6%97%A5%E6%9C%AC%E8%AA%9E%20%F0%9F%9A%A2.txt",
        ),
        ("a%0d%0aSet-Cookie: b=c", "a%250d%250aSet-Cookie%3A%20b%3Dc"),
    ] {
        let document = store(&anna, name, "house", b"x").await;
        assert_eq!(document["name"], name);
        let path = content_path(&document);
        let answer = anna.get(&path).send().await.expect(200);
        let disposition = answer.headers.get("content-disposition").unwrap();
        let disposition = disposition
            .to_str()
            .unwrap_or_else(|_| panic!("{name}: not ASCII"));
        assert!(
            disposition.starts_with("attachment; filename=\""),
            "{disposition}"
        );
        assert!(
            disposition.ends_with(&format!("; filename*=UTF-8''{encoded}")),
            "{disposition}"
        );
        let plain = disposition.split('"').nth(1).unwrap();
        assert!(!plain.contains(['\\', '%']), "{disposition}");
        assert!(answer.headers.get("set-cookie").is_none());
    }
}

// RFC 9110, section 5.6.4: quotes keep all of these together.
#[tokio::test]
async fn plain_names_are_quoted() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for name in ["report.pdf", "semi;colon=1'*.txt", "two  spaces", "a,b"] {
        let document = store(&anna, name, "house", b"x").await;
        let path = content_path(&document);
        let answer = anna.get(&path).send().await.expect(200);
        let expected = format!("attachment; filename=\"{name}\"");
        assert_eq!(answer.header("content-disposition"), Some(&*expected));
    }
}

#[tokio::test]
async fn head_says_what_get_would() {
    let (scene, path, _) = with_document("connection").await;
    let head = scene.anna.call("HEAD", &path).send().await.expect(200);
    assert!(head.body.is_empty());
    let get = scene.anna.get(&path).send().await.expect(200);
    for name in ["content-length", "content-type", "etag", "repr-digest"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

// RFC 9110, section 14.2: a range means something to GET alone.
#[tokio::test]
async fn head_has_no_ranges() {
    let (scene, path, content) = with_document("connection").await;
    for range in ["bytes=0-9", "bytes=999999999-"] {
        let head = scene.anna.call("HEAD", &path).header("Range", range);
        let head = head.send().await.expect(200);
        assert_eq!(head.header("content-range"), None);
        let length = content.len().to_string();
        assert_eq!(head.header("content-length"), Some(&*length), "{range}");
    }
}

// What somebody put in a document's place is not passed off as the document, and not deleted with it.
#[tokio::test]
async fn what_was_changed_in_its_storage_is_not_the_document_any_more() {
    let (scene, path, content) = with_document("connection").await;
    let changed = async |range: Option<&str>| {
        let call = scene.anna.get(&path);
        let call = match range {
            Some(range) => call.header("Range", range),
            None => call,
        };
        call.send().await.problem(409, "document_changed");
    };
    // Shorter, so that the range lies outside of what is there.
    scene.witness().write("Wharf/notes.txt", "something").await;
    changed(None).await;
    changed(Some("bytes=1000-1999")).await;
    // As long as the document, and other bytes; a second later, for WebDAV tells whole seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let other = "x".repeat(content.len());
    scene.witness().write("Wharf/notes.txt", &other).await;
    changed(None).await;

    let document = path.strip_suffix("/content").unwrap();
    let receipt = scene.anna.delete(document).send().await.expect(200).json();
    assert_eq!(receipt["content"], "left");
    scene
        .anna
        .get(document)
        .send()
        .await
        .problem(404, "not_found");
    let left = scene.witness().read("Wharf/notes.txt").await.expect(200);
    assert_eq!(left.body, other.as_bytes());
}

#[tokio::test]
async fn a_folder_in_a_documents_place_is_left_alone() {
    let (scene, path, _) = with_document("connection").await;
    scene.witness().delete("Wharf/notes.txt").await;
    scene.witness().make_folder("Wharf/notes.txt").await;
    scene.witness().write("Wharf/notes.txt/in it", "x").await;
    scene
        .anna
        .get(&path)
        .send()
        .await
        .problem(409, "document_changed");
    let document = path.strip_suffix("/content").unwrap();
    let receipt = scene.anna.delete(document).send().await.expect(200).json();
    assert_eq!(receipt["content"], "left");
    scene
        .witness()
        .read("Wharf/notes.txt/in it")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_document_that_is_gone_from_its_storage_can_still_be_deleted() {
    let (scene, path, _) = with_document("connection").await;
    scene.witness().delete("Wharf/notes.txt").await;
    scene
        .anna
        .get(&path)
        .send()
        .await
        .problem(409, "document_changed");
    let document = path.strip_suffix("/content").unwrap();
    let receipt = scene.anna.delete(document).send().await.expect(200).json();
    assert_eq!(receipt["content"], "missing");
}

// a download that is cut off breaks; it never ends as if it were whole.
#[tokio::test]
async fn a_content_cut_off_by_its_storage_does_not_end_cleanly() {
    for (scene, scenario) in [
        (Scene::start().await, Scenario::CutBody),
        (Scene::impatient().await, Scenario::StallMidBody),
    ] {
        let path = content_path(&scene.store("notes.txt", &bytes(3, LENGTH)).await);
        scene.sandbox.misbehave(scenario);
        let response = scene.anna.get(&path).try_stream().await;
        let body = match response {
            Ok(response) => response.bytes().await,
            Err(error) => Err(error),
        };
        assert!(body.is_err(), "{scenario}");
    }
}

#[tokio::test]
async fn a_storage_in_trouble_is_reported() {
    let (scene, path, content) = with_document("connection").await;
    scene.sandbox.misbehave(Scenario::ServerError);
    scene
        .anna
        .get(&path)
        .send()
        .await
        .problem(502, "upstream_unavailable");
    scene.sandbox.behave();
    assert!(scene.anna.get(&path).send().await.expect(200).body == content);
}

//
#[tokio::test]
async fn a_silent_storage_is_given_up() {
    let scene = Scene::impatient().await;
    let path = content_path(&scene.store("notes.txt", b"notes").await);
    scene.sandbox.misbehave(Scenario::Stall);
    scene
        .anna
        .get(&path)
        .send()
        .await
        .problem(504, "upstream_timeout");
}

#[tokio::test]
async fn a_query_is_refused() {
    let (scene, path, _) = with_document("house").await;
    let answer = scene
        .anna
        .get(&path)
        .query("download", "false")
        .send()
        .await;
    answer.problem(400, "invalid_request");
}

//! Conditional requests for contents, of items and of documents (RFC 9110, section 13).

use serde_json::Value;

use super::{content_path, path, stored};
use crate::support::answer::Answer;
use crate::support::scene::{Scene, document_path, store};
use crate::support::server::Server;

const LONG_AGO: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const LATE: &str = "Tue, 31 Dec 2999 23:59:59 GMT";
const OTHER: &str = "\"another\"";

/// Anna's file `notes.txt` with ten bytes, its tag and its date.
struct Known {
    scene: Scene,
    item: Value,
    etag: String,
    date: String,
}

impl Known {
    async fn file() -> Self {
        let scene = Scene::start().await;
        let item = stored(&scene, "notes.txt", "0123456789").await;
        let path = content_path(&scene, &item);
        let answer = scene.anna.get(&path).send().await.expect(200);
        let header = |name| answer.header(name).unwrap().to_owned();
        let (etag, date) = (header("etag"), header("last-modified"));
        Self {
            scene,
            item,
            etag,
            date,
        }
    }

    async fn get(&self, headers: &[(&str, &str)]) -> Answer {
        let path = content_path(&self.scene, &self.item);
        let call = self.scene.anna.get(&path);
        let call = headers
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value));
        call.send().await
    }
}

#[tokio::test]
async fn each_condition_alone() {
    let file = Known::file().await;
    let (etag, date) = (&*file.etag, &*file.date);
    let several = format!("{OTHER}, {etag}");
    for (name, value, status) in [
        ("If-Match", etag, 200),
        ("If-Match", &*several, 200),
        ("If-Match", "*", 200),
        ("If-Match", OTHER, 412),
        ("If-None-Match", etag, 304),
        ("If-None-Match", &*several, 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", OTHER, 200),
        ("If-Modified-Since", date, 304),
        ("If-Modified-Since", LATE, 304),
        ("If-Modified-Since", LONG_AGO, 200),
        ("If-Modified-Since", "yesterday", 200),
        ("If-Unmodified-Since", date, 200),
        ("If-Unmodified-Since", LATE, 200),
        ("If-Unmodified-Since", LONG_AGO, 412),
        ("If-Unmodified-Since", "yesterday", 200),
    ] {
        let answer = file.get(&[(name, value)]).await;
        assert_eq!(answer.status, status, "{name}: {value}");
        match status {
            200 => assert_eq!(answer.text(), "0123456789"),
            304 => {
                assert!(answer.body.is_empty());
                assert_eq!(answer.header("etag"), Some(etag), "{name}: {value}");
                assert_eq!(answer.header("last-modified"), Some(date));
                assert_eq!(answer.header("content-disposition"), None);
            }
            _ => drop(answer.problem(412, "precondition_failed")),
        }
    }
}

// RFC 9110, section 13.2.2: tags before dates, expectations before knowledge.
#[tokio::test]
async fn contradictory_conditions_have_an_order() {
    let file = Known::file().await;
    let etag = &*file.etag;
    for (first, second, status) in [
        (("If-Match", etag), ("If-Unmodified-Since", LONG_AGO), 200),
        (("If-Match", OTHER), ("If-Unmodified-Since", LATE), 412),
        (("If-None-Match", OTHER), ("If-Modified-Since", LATE), 200),
        (
            ("If-None-Match", etag),
            ("If-Modified-Since", LONG_AGO),
            304,
        ),
        (("If-Match", OTHER), ("If-None-Match", etag), 412),
        (("If-Match", etag), ("If-None-Match", etag), 304),
        (
            ("If-Unmodified-Since", LONG_AGO),
            ("If-Modified-Since", LATE),
            412,
        ),
    ] {
        let answer = file.get(&[first, second]).await;
        assert_eq!(answer.status, status, "{first:?} {second:?}");
    }
}

#[tokio::test]
async fn conditions_come_before_the_range() {
    let file = Known::file().await;
    let (etag, date) = (&*file.etag, &*file.date);
    let part = ("Range", "bytes=2-4");
    for (condition, status, body) in [
        (("If-Range", etag), 206, "234"),
        (("If-Range", date), 206, "234"),
        (("If-Range", OTHER), 200, "0123456789"),
        (("If-Range", LONG_AGO), 200, "0123456789"),
        (("If-Range", "nonsense"), 200, "0123456789"),
        (("If-Match", etag), 206, "234"),
        (("If-None-Match", OTHER), 206, "234"),
        (("If-None-Match", etag), 304, ""),
    ] {
        let answer = file.get(&[part, condition]).await;
        assert_eq!(
            (answer.status, answer.text()),
            (status, body),
            "{condition:?}"
        );
    }
    let beyond = ("Range", "bytes=10-");
    let answer = file.get(&[beyond, ("If-Match", OTHER)]).await;
    answer.problem(412, "precondition_failed");
    let answer = file.get(&[beyond, ("If-Range", OTHER)]).await;
    assert_eq!(answer.expect(200).text(), "0123456789");
    let answer = file.get(&[beyond, ("If-Range", etag)]).await;
    answer.problem(416, "range_not_satisfiable");
}

// To ignore it could do what somebody wanted to prevent.
#[tokio::test]
async fn a_list_of_tags_that_is_none_is_refused() {
    let file = Known::file().await;
    for name in ["If-Match", "If-None-Match"] {
        for value in ["", "tag", "\"open", "*, \"a\""] {
            let answer = file.get(&[(name, value)]).await;
            let problem = answer.problem(400, "invalid_request");
            assert_eq!(problem["field"], name.to_lowercase(), "{value}");
        }
    }
}

#[tokio::test]
async fn an_item_is_not_changed_against_expectations() {
    let file = Known::file().await;
    let scene = &file.scene;
    let path = path(scene, &file.item);
    let rename = serde_json::json!({"name": "other.txt"});
    for (name, value) in [
        ("If-Match", OTHER),
        ("If-None-Match", "*"),
        ("If-Unmodified-Since", LONG_AGO),
    ] {
        let call = scene.anna.patch(&path).header(name, value).json(&rename);
        call.send().await.problem(412, "precondition_failed");
        let call = scene.anna.delete(&path).header(name, value);
        call.send().await.problem(412, "precondition_failed");
    }
    // Two that contradict each other are never both met.
    for (first, second) in [
        (("If-Match", &*file.etag), ("If-None-Match", &*file.etag)),
        (("If-Match", "*"), ("If-None-Match", "*")),
        (("If-Match", OTHER), ("If-Unmodified-Since", LATE)),
        (
            ("If-Unmodified-Since", LATE),
            ("If-None-Match", &*file.etag),
        ),
    ] {
        for call in [
            scene.anna.patch(&path).json(&rename),
            scene.anna.delete(&path),
        ] {
            let call = call.header(first.0, first.1).header(second.0, second.1);
            call.send().await.problem(412, "precondition_failed");
        }
    }
    scene.witness().read("notes.txt").await.expect(200);
    let call = scene.anna.patch(&path).header("If-Match", &file.etag);
    let renamed = call.json(&rename).send().await.expect(200).json();
    let path = scene.item_path(renamed["id"].as_str().unwrap());
    let call = scene.anna.delete(&path).header("If-Match", "*");
    call.send().await.expect(200);
}

// A document's tag is its digest, and it has no other validator.
#[tokio::test]
async fn a_documents_content_is_conditional_too() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let document = store(&anna, "notes.txt", "house", b"0123456789").await;
    let path = format!("{}/content", document_path(&document));
    let etag = &*format!("\"{}\"", document["sha256"].as_str().unwrap());
    let part = ("Range", "bytes=2-4");
    let none = ("Accept", "*/*");
    for (headers, status, body) in [
        ([("If-Match", etag), none], 200, "0123456789"),
        ([("If-None-Match", OTHER), none], 200, "0123456789"),
        ([("If-None-Match", etag), none], 304, ""),
        ([("If-None-Match", "*"), part], 304, ""),
        ([("If-Modified-Since", LATE), none], 200, "0123456789"),
        ([("If-Unmodified-Since", LONG_AGO), none], 200, "0123456789"),
        ([("If-Range", etag), part], 206, "234"),
        ([("If-Range", OTHER), part], 200, "0123456789"),
        ([("If-Range", LATE), part], 200, "0123456789"),
    ] {
        let call = anna.get(&path);
        let call = headers
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value));
        let answer = call.send().await;
        assert_eq!(
            (answer.status, answer.text()),
            (status, body),
            "{headers:?}"
        );
        assert_eq!(answer.header("etag"), Some(etag), "{headers:?}");
    }
    let call = anna.get(&path).header("If-Match", OTHER);
    call.send().await.problem(412, "precondition_failed");
}

//! `GET /api/cloud/connections/{id}/items/{item_id}/content`, unconditional.

use serde_json::Value;
use wharf_sandbox::Scenario;

use super::{content_path, stored};
use crate::support::content::bytes;
use crate::support::scene::Scene;

const LENGTH: usize = 300_000;

/// Anna with one file, and where its content is.
async fn with_file() -> (Scene, String, Value, Vec<u8>) {
    let scene = Scene::start().await;
    let content = bytes(3, LENGTH);
    let item = stored(&scene, "notes.txt", content.clone()).await;
    let path = content_path(&scene, &item);
    (scene, path, item, content)
}

#[tokio::test]
async fn the_whole_is_served_without_a_look_beforehand() {
    let (scene, path, _, content) = with_file().await;
    let looks = scene.asked("PROPFIND");
    let answer = scene.anna.get(&path).send().await.expect(200);
    assert!(answer.body == content);
    assert_eq!(scene.asked("PROPFIND"), looks);
}

#[tokio::test]
async fn parts_are_served() {
    let (scene, path, _, content) = with_file().await;
    for (asked, start, end) in [
        ("bytes=0-0", 0, 0),
        ("bytes=150000-150009", 150_000, 150_009),
        ("bytes=299999-", 299_999, 299_999),
        ("bytes=-100", 299_900, 299_999),
        ("bytes=299000-999999", 299_000, 299_999),
        ("bytes=0-", 0, 299_999),
    ] {
        let call = scene.anna.get(&path).header("Range", asked);
        let answer = call.send().await;
        assert_eq!(answer.status, 206, "{asked}");
        assert!(answer.body == content[start..=end], "{asked}");
        let content_range = format!("bytes {start}-{end}/{LENGTH}");
        assert_eq!(answer.header("content-range"), Some(&*content_range));
        let length = (end - start + 1).to_string();
        assert_eq!(answer.header("content-length"), Some(&*length));
    }
    // RFC 9110, section 14.2: what cannot be understood is as if it were not there.
    for asked in ["bytes=2-1", "bytes=-0", "lines=0-1", "bytes=0-1,5-6"] {
        let call = scene.anna.get(&path).header("Range", asked);
        let answer = call.send().await.expect(200);
        assert!(answer.body == content, "{asked}");
    }
}

#[tokio::test]
async fn a_range_beyond_the_end_is_refused_with_the_size() {
    let (scene, path, _, _) = with_file().await;
    for asked in ["bytes=300000-", "bytes=300000-300001"] {
        let answer = scene.anna.get(&path).header("Range", asked).send().await;
        let size = answer.header("content-range");
        assert_eq!(size, Some("bytes */300000"), "{asked}");
        answer.problem(416, "range_not_satisfiable");
    }
}

// RFC 9110, section 14.1.2
#[tokio::test]
async fn more_than_all_of_the_end_is_all_of_it() {
    let (scene, path, _, content) = with_file().await;
    let call = scene.anna.get(&path).header("Range", "bytes=-999999");
    let answer = call.send().await;
    assert!([200, 206].contains(&answer.status), "{}", answer.status);
    assert!(answer.body == content);
}

// H-02
#[tokio::test]
async fn a_download_can_do_nothing_in_a_browser() {
    let (scene, path, item, _) = with_file().await;
    let answer = scene.anna.get(&path).send().await.expect(200);
    for (name, value) in [
        ("accept-ranges", "bytes"),
        ("cache-control", "no-store"),
        ("content-disposition", "attachment; filename=\"notes.txt\""),
        ("content-length", "300000"),
        ("content-security-policy", "sandbox"),
        ("content-type", "text/plain"),
        ("etag", item["etag"].as_str().unwrap()),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
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
        "last-modified",
        "referrer-policy",
        "x-content-type-options",
        "x-request-id",
    ];
    assert_eq!(names, expected, "nothing else comes through");
}

#[tokio::test]
async fn head_says_what_get_would() {
    let (scene, path, _, _) = with_file().await;
    let head = scene.anna.call("HEAD", &path).send().await.expect(200);
    assert!(head.body.is_empty());
    let get = scene.anna.get(&path).send().await.expect(200);
    for name in ["content-length", "content-type", "etag", "last-modified"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_folder_has_no_content() {
    let scene = Scene::start().await;
    let folder = scene.id_of("Reports").await;
    for id in [&*folder, "root"] {
        let path = format!("{}/content", scene.item_path(id));
        let answer = scene.anna.get(&path).send().await;
        answer.problem(409, "not_a_file");
        let call = scene.anna.get(&path).header("If-None-Match", "*");
        call.send().await.problem(409, "not_a_file");
    }
}

//
#[tokio::test]
async fn a_content_cut_off_by_its_storage_does_not_end_cleanly() {
    let (scene, path, _, _) = with_file().await;
    scene.sandbox.misbehave(Scenario::CutBody);
    let body = match scene.anna.get(&path).try_stream().await {
        Ok(response) => response.bytes().await,
        Err(error) => Err(error),
    };
    assert!(body.is_err());
}

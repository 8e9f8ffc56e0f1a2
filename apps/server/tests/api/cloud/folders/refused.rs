//! Folders that are none, and listings that no folder has.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use wharf_sandbox::Scenario;

use super::{entry, list};
use crate::support::scene::{Scene, text};

#[tokio::test]
async fn what_is_no_folder_is_refused() {
    let scene = Scene::start().await;
    let root = list(&scene, "root").await;
    let file = text(&entry(&root, "Welcome.txt")["id"]);
    let answer = scene.anna.get(&scene.folder_path(&file)).send().await;
    answer.problem(409, "not_a_folder");

    let empty = text(&entry(&root, "Empty")["id"]);
    scene.witness().delete("Empty").await;
    let answer = scene.anna.get(&scene.folder_path(&empty)).send().await;
    answer.problem(404, "item_not_found");
    for garbage in ["nowhere", "AQAA", "%2F", "%00", "ROOT", &"A".repeat(2_049)] {
        let answer = scene.anna.get(&scene.folder_path(garbage)).send().await;
        answer.problem(404, "item_not_found");
    }
}

// I-02: an id is text from outside, even if it decodes.
#[tokio::test]
async fn a_forged_id_never_leaves_the_account() {
    let scene = Scene::start().await;
    let before = scene.sandbox.requests().len();
    for path in [
        "../ben",
        "..",
        "a/../../ben",
        "/etc",
        "%2e%2e/ben",
        "a//b",
        "a/./b",
        "a\0b",
        "http://elsewhere.example/",
    ] {
        let id = URL_SAFE_NO_PAD.encode([b"\x01\0\0", path.as_bytes()].concat());
        let answer = scene.anna.get(&scene.folder_path(&id)).send().await;
        assert_eq!(answer.status, 404, "{path}");
        answer.problem(404, "item_not_found");
    }
    let asked = scene.sandbox.requests().split_off(before);
    let base = "/dav/anna/";
    assert!(
        asked
            .iter()
            .all(|request| request.path.starts_with(base) && !request.path.contains("..")),
        "{asked:?}"
    );
}

//
#[tokio::test]
async fn a_listing_that_is_none_is_refused() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    for (scenario, status, code) in [
        (Scenario::Html, 422, "not_webdav"),
        (Scenario::HtmlAs207, 422, "not_webdav"),
        (Scenario::Empty207, 422, "not_webdav"),
        (Scenario::TruncatedXml, 422, "not_webdav"),
        (Scenario::EntityBomb, 422, "not_webdav"),
        (Scenario::Doctype, 422, "not_webdav"),
        (Scenario::ServerError, 502, "upstream_unavailable"),
    ] {
        scene.sandbox.misbehave(scenario);
        let answer = scene.anna.get(&root).query("fresh", "true").send().await;
        assert_eq!(answer.status, status, "{scenario}");
        answer.problem(status, code);
    }
    // Trouble makes a connection unreachable, and the next good answer ends it.
    let status = async || {
        let connection = scene.anna.get(&scene.connection_path()).send().await;
        connection.expect(200).json()["status"].clone()
    };
    assert_eq!(status().await, "UNREACHABLE");
    scene.sandbox.behave();
    scene
        .anna
        .get(&root)
        .query("fresh", "true")
        .send()
        .await
        .expect(200);
    assert_eq!(status().await, "ACTIVE");
}

//
#[tokio::test]
async fn a_listing_that_never_ends_is_given_up() {
    let scene = Scene::impatient().await;
    scene.sandbox.misbehave(Scenario::StallMidListing);
    let answer = scene.anna.get(&scene.folder_path("root")).send().await;
    answer.problem(504, "upstream_timeout");
}

//
#[tokio::test]
async fn a_folder_without_end_is_refused() {
    let scene = Scene::start().await;
    scene.sandbox.misbehave(Scenario::Huge);
    let answer = scene.anna.get(&scene.folder_path("root")).send().await;
    answer.problem(502, "folder_too_large");
}

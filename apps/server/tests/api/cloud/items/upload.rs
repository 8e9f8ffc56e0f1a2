//! `PUT /api/cloud/connections/{id}/folders/{folder_id}/items`.

use serde_json::json;
use wharf_sandbox::Scenario;

use super::{stored, upload};
use crate::support::content::{bytes, repr_digest};
use crate::support::scene::{Scene, column, text};

#[tokio::test]
async fn a_file_is_stored_byte_for_byte() {
    let scene = Scene::start().await;
    let content = bytes(5, 300_000);
    let folder = scene.id_of("Reports/2026").await;
    let call = upload(&scene, &folder, "Q3 report.csv").body("text/csv", content.clone());
    let answer = call.send().await.expect(201);
    let mut item = answer.json();
    let verified = item.as_object_mut().unwrap().remove("verified");
    assert_eq!(verified, Some(json!("size-only")));
    assert_eq!(
        (&item["name"], &item["kind"], &item["size_bytes"]),
        (&json!("Q3 report.csv"), &json!("file"), &json!(300_000))
    );
    let location = scene.item_path(&text(&item["id"]));
    assert_eq!(answer.header("location"), Some(&*location));
    assert_eq!(answer.header("repr-digest").unwrap(), repr_digest(&content));
    let read = scene.witness().read("Reports/2026/Q3 report.csv").await;
    assert!(read.expect(200).body == content);
    let found = scene.anna.get(&location).send().await.expect(200).json();
    assert_eq!(found, item);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_stored_too() {
    let scene = Scene::start().await;
    let call = upload(&scene, "root", "mebibytes");
    let call = call.untyped(crate::support::content::upload(2));
    let item = call.send().await.expect(201).json();
    assert_eq!(item["size_bytes"], 2 * 1024 * 1024);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let scene = Scene::start().await;
    let item = stored(&scene, "empty.txt", "").await;
    assert_eq!(item["size_bytes"], 0);
}

// without a precondition nothing is ever overwritten.
#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    let scene = Scene::start().await;
    for rule in [None, Some("fail")] {
        let call = upload(&scene, "root", "Welcome.txt");
        let call = match rule {
            Some(rule) => call.query("conflict", rule),
            None => call,
        };
        let answer = call.body("text/plain", "another").send().await;
        answer.problem(409, "already_exists");
    }
    let kept = scene.witness().read("Welcome.txt").await.expect(200);
    assert_eq!(kept.text(), "Welcome to the sandbox.\n");
}

#[tokio::test]
async fn a_name_that_is_taken_gets_a_number() {
    let scene = Scene::start().await;
    for expected in ["Welcome (2).txt", "Welcome (3).txt"] {
        let call = upload(&scene, "root", "Welcome.txt").query("conflict", "rename");
        let call = call.body("text/plain", expected);
        assert_eq!(call.send().await.expect(201).json()["name"], expected);
        let read = scene.witness().read(expected).await.expect(200);
        assert_eq!(read.text(), expected);
    }
}

#[tokio::test]
async fn a_query_of_the_wrong_shape_is_refused() {
    let scene = Scene::start().await;
    let path = format!("{}/items", scene.folder_path("root"));
    let asked = scene.sandbox.requests().len();
    for query in [
        "",
        "name=",
        "name=.",
        "name=..",
        "name=a%2Fb",
        "name=a%00",
        "name=%ff",
        "name=a&name=b",
        "name=a&conflict=overwrite",
        "name=a&conflict=",
        "name=a&colour=red",
    ] {
        let call = scene.anna.put(&format!("{path}?{query}"));
        let answer = call.body("text/plain", "…").send().await;
        assert_eq!(answer.status, 400, "{query}");
        answer.problem(400, "invalid_request");
    }
    assert_eq!(scene.sandbox.requests().len(), asked);
}

// I-03
#[tokio::test]
async fn a_coded_body_is_refused() {
    let scene = Scene::start().await;
    let call = upload(&scene, "root", "n").header("Content-Encoding", "gzip");
    let answer = call.body("text/plain", "…").send().await;
    answer.problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_folder_that_is_none_takes_nothing() {
    let scene = Scene::start().await;
    let file = scene.id_of("Welcome.txt").await;
    let call = upload(&scene, &file, "n").body("text/plain", "…");
    call.send().await.problem(409, "not_a_folder");
    let empty = scene.id_of("Empty").await;
    scene.witness().delete("Empty").await;
    let call = upload(&scene, &empty, "n").body("text/plain", "…");
    call.send().await.problem(404, "item_not_found");
}

#[tokio::test]
async fn a_storage_that_takes_nothing_is_reported() {
    let scene = Scene::start().await;
    for (scenario, status, code) in [
        (Scenario::Full, 507, "storage_full"),
        (Scenario::ServerError, 502, "upstream_unavailable"),
    ] {
        scene.sandbox.misbehave(scenario);
        let call = upload(&scene, "root", "n").body("text/plain", "…");
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{scenario}");
        answer.problem(status, code);
    }
    scene.sandbox.behave();
    let names = column(&scene.listing("root").await, "name");
    assert!(!names.contains(&"n".to_owned()), "{names:?}");
    let hidden = scene.witness().paths_in("").await;
    assert_eq!(hidden.len(), names.len(), "{hidden:?}");
}

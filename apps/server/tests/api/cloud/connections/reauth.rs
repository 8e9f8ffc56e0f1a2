//! A password that stops being accepted (D-03).

use serde_json::json;

use crate::support::scene::{Scene, store, try_connect};
use crate::support::storage::account;

#[tokio::test]
async fn the_first_refusal_marks_the_connection_and_nothing_is_tried_after_it() {
    let scene = Scene::start().await;
    let document = scene.store("notes.txt", b"notes").await;
    let content = format!(
        "/api/documents/{}/content",
        document["id"].as_str().unwrap()
    );
    scene.sandbox.add_account("anna", "a new password");

    let before = scene.sandbox.requests().len();
    let root = scene.folder_path("root");
    let answer = scene.anna.get(&root).query("fresh", "true").send().await;
    answer.problem(409, "requires_reauth");
    let requests = scene.sandbox.requests();
    assert_eq!(
        requests.len() - before,
        1,
        "one refusal is enough: {requests:?}"
    );
    let connection = scene
        .anna
        .get(&scene.connection_path())
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(connection["status"], "REQUIRES_REAUTH");
    assert_eq!(connection["status_reason"], "password_refused");

    let before = scene.sandbox.requests().len();
    for call in [
        scene.anna.get(&root).query("fresh", "true"),
        scene.anna.get(&content),
        scene.anna.delete(content.strip_suffix("/content").unwrap()),
        scene
            .anna
            .post("/api/documents")
            .query("name", "n")
            .query("storage", &scene.connection)
            .body("text/plain", "…"),
    ] {
        call.send().await.problem(409, "requires_reauth");
    }
    let check = scene
        .anna
        .post(&format!("{}/check", scene.connection_path()))
        .send()
        .await;
    assert_eq!(
        check.expect(200).json()["connection"]["status"],
        "REQUIRES_REAUTH"
    );
    assert_eq!(
        scene.sandbox.requests().len(),
        before,
        "the storage was asked again"
    );
}

#[tokio::test]
async fn the_new_password_mends_it() {
    let scene = Scene::start().await;
    let document = scene.store("notes.txt", b"notes").await;
    let renewed = scene.sandbox.add_account("anna", "a new password");
    let root = scene.folder_path("root");
    scene
        .anna
        .get(&root)
        .query("fresh", "true")
        .send()
        .await
        .problem(409, "requires_reauth");

    // Entering the old one again changes nothing.
    let old = try_connect(&scene.anna, &account(&scene.sandbox.webdav())).await;
    old.problem(422, "upstream_auth_failed");
    let connection = try_connect(&scene.anna, &account(&renewed))
        .await
        .expect(200)
        .json();
    assert_eq!(connection["id"], scene.connection.as_str());
    assert_eq!(connection["status"], "ACTIVE");
    let content = format!(
        "/api/documents/{}/content",
        document["id"].as_str().unwrap()
    );
    assert_eq!(
        scene.anna.get(&content).send().await.expect(200).text(),
        "notes"
    );
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_an_upload_leaves_nothing() {
    let scene = Scene::start().await;
    scene.sandbox.add_account("anna", "a new password");
    let call = scene
        .anna
        .post("/api/documents")
        .query("name", "n")
        .query("storage", &scene.connection);
    call.body("text/plain", "…")
        .send()
        .await
        .problem(409, "requires_reauth");
    let list = scene
        .anna
        .get("/api/documents")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(list["items"], json!([]));
    // The house does not care.
    store(&scene.anna, "n", "house", b"x").await;
}

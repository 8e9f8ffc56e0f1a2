//! `PATCH /api/cloud/connections/{id}/items/{item_id}`.

use serde_json::{Value, json};

use super::stored;
use crate::support::answer::Answer;
use crate::support::scene::{Scene, column, text};

async fn patch(scene: &Scene, id: &str, body: &Value) -> Answer {
    let path = scene.item_path(id);
    scene.anna.patch(&path).json(body).send().await
}

#[tokio::test]
async fn an_item_is_renamed_where_it_lies() {
    let scene = Scene::start().await;
    for (path, name, expected) in [
        (
            "Reports/2026/Q1 report.csv",
            "Spring.csv",
            "Reports/2026/Spring.csv",
        ),
        ("Welcome.txt", "welcome.txt", "welcome.txt"),
    ] {
        let before = scene.witness().read(path).await.expect(200);
        let id = scene.id_of(path).await;
        let renamed = patch(&scene, &id, &json!({"name": name})).await;
        let renamed = renamed.expect(200).json();
        assert_eq!(renamed["name"], name);
        assert_eq!(text(&renamed["id"]), scene.id_of(expected).await);
        let after = scene.witness().read(expected).await.expect(200);
        assert_eq!(after.body, before.body);
        scene.witness().read(path).await.expect(404);
    }
}

#[tokio::test]
async fn an_item_is_moved_and_keeps_its_name() {
    let scene = Scene::start().await;
    let empty = scene.id_of("Empty").await;
    let file = scene.id_of("Welcome.txt").await;
    let moved = patch(&scene, &file, &json!({"parent_id": empty})).await;
    assert_eq!(moved.expect(200).json()["name"], "Welcome.txt");
    scene.witness().read("Empty/Welcome.txt").await.expect(200);
    // A folder goes with all that it holds, to the top too.
    let year = scene.id_of("Reports/2026").await;
    let moved = patch(&scene, &year, &json!({"parent_id": "root"})).await;
    assert_eq!(moved.expect(200).json()["kind"], "folder");
    let files = scene.listing(&scene.id_of("2026").await).await;
    assert_eq!(column(&files, "name"), ["Q1 report.csv", "Q2 report.csv"]);
    assert_eq!(
        scene.listing(&scene.id_of("Reports").await).await["items"],
        json!([])
    );
}

#[tokio::test]
async fn an_item_is_moved_and_renamed_at_once() {
    let scene = Scene::start().await;
    let empty = scene.id_of("Empty").await;
    let file = scene.id_of("Welcome.txt").await;
    let body = json!({"parent_id": empty, "name": "Hello.txt"});
    patch(&scene, &file, &body).await.expect(200);
    scene.witness().read("Empty/Hello.txt").await.expect(200);
    patch(&scene, &file, &body)
        .await
        .problem(404, "item_not_found");
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_or_numbered() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "notes").await;
    let id = text(&item["id"]);
    for name in ["Welcome.txt", "Reports"] {
        let answer = patch(&scene, &id, &json!({"name": name})).await;
        answer.problem(409, "already_exists");
    }
    let kept = scene.witness().read("Welcome.txt").await.expect(200);
    assert_eq!(kept.text(), "Welcome to the sandbox.\n");
    let body = json!({"name": "Welcome.txt", "conflict": "rename"});
    let renamed = patch(&scene, &id, &body).await.expect(200).json();
    assert_eq!(renamed["name"], "Welcome (2).txt");
}

#[tokio::test]
async fn nothing_goes_into_itself() {
    let scene = Scene::start().await;
    let reports = scene.id_of("Reports").await;
    let year = scene.id_of("Reports/2026").await;
    for body in [
        json!({"parent_id": reports}),
        json!({"parent_id": year}),
        json!({"parent_id": year, "name": "Deeper"}),
        json!({"parent_id": "root"}),
        json!({"name": "Reports"}),
        json!({"parent_id": "root", "name": "Reports", "conflict": "rename"}),
    ] {
        let answer = patch(&scene, &reports, &body).await;
        assert_eq!(answer.status, 409, "{body}");
        answer.problem(409, "into_itself");
    }
    let copy = format!("{}/copy", scene.item_path(&reports));
    let call = scene.anna.post(&copy).json(&json!({"parent_id": year}));
    call.send().await.problem(409, "into_itself");
    let files = scene.listing(&year).await;
    assert_eq!(column(&files, "name"), ["Q1 report.csv", "Q2 report.csv"]);
}

#[tokio::test]
async fn the_top_folder_stays() {
    let scene = Scene::start().await;
    let answer = patch(&scene, "root", &json!({"name": "Top"})).await;
    answer.problem(403, "storage_forbidden");
    let call = scene.anna.delete(&scene.item_path("root"));
    call.send().await.problem(403, "storage_forbidden");
}

#[tokio::test]
async fn a_place_of_the_wrong_shape_is_refused() {
    let scene = Scene::start().await;
    let id = scene.id_of("Welcome.txt").await;
    let asked = scene.sandbox.requests().len();
    for (body, field) in [
        (json!({}), Value::Null),
        (json!({"conflict": "rename"}), Value::Null),
        (json!({"name": ""}), json!("name")),
        (json!({"name": "a/b"}), json!("name")),
        (json!({"name": "x".repeat(256)}), json!("name")),
        (json!({"parent_id": "nowhere"}), json!("parent_id")),
        (
            json!({"name": "a", "conflict": "overwrite"}),
            json!("conflict"),
        ),
        (json!({"name": "a", "colour": "red"}), json!("colour")),
    ] {
        let problem = patch(&scene, &id, &body)
            .await
            .problem(400, "invalid_request");
        assert_eq!(problem["field"], field, "{body}");
    }
    assert_eq!(scene.sandbox.requests().len(), asked);
}

#[tokio::test]
async fn a_folder_that_is_none_takes_nothing() {
    let scene = Scene::start().await;
    let id = scene.id_of("Welcome.txt").await;
    let file = stored(&scene, "notes.txt", "notes").await;
    let answer = patch(&scene, &id, &json!({"parent_id": file["id"]})).await;
    answer.problem(409, "not_a_folder");
    let empty = scene.id_of("Empty").await;
    scene.witness().delete("Empty").await;
    let answer = patch(&scene, &id, &json!({"parent_id": empty})).await;
    answer.problem(404, "item_not_found");
    scene.witness().read("Welcome.txt").await.expect(200);
}

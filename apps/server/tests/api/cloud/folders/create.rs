//! `POST /api/cloud/connections/{id}/folders`.

use serde_json::{Value, json};

use super::list;
use crate::support::answer::Answer;
use crate::support::scene::{Scene, column, text};

async fn create(scene: &Scene, body: &Value) -> Answer {
    let path = format!("{}/folders", scene.connection_path());
    scene.anna.post(&path).json(body).send().await
}

#[tokio::test]
async fn a_folder_is_made_and_can_be_filled() {
    let scene = Scene::start().await;
    let answer = create(&scene, &json!({"parent_id": "root", "name": "Plans"})).await;
    let answer = answer.expect(201);
    let folder = answer.json();
    assert_eq!(
        (&folder["name"], &folder["kind"]),
        (&json!("Plans"), &json!("folder"))
    );
    let id = text(&folder["id"]);
    assert_eq!(answer.header("location"), Some(&*scene.item_path(&id)));
    let inner = json!({"parent_id": id, "name": "2027"});
    create(&scene, &inner).await.expect(201);
    assert_eq!(column(&list(&scene, &id).await, "name"), ["2027"]);
    assert_eq!(
        scene.witness().paths_in("Plans").await,
        ["/dav/anna/Plans/2027/"]
    );
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_whatever_has_it() {
    let scene = Scene::start().await;
    for name in ["Reports", "Welcome.txt"] {
        let answer = create(&scene, &json!({"parent_id": "root", "name": name})).await;
        answer.problem(409, "already_exists");
    }
    let kept = scene.witness().read("Welcome.txt").await.expect(200);
    assert_eq!(kept.text(), "Welcome to the sandbox.\n");
}

#[tokio::test]
async fn a_folder_has_a_parent_and_a_name() {
    let scene = Scene::start().await;
    let asked = scene.sandbox.requests().len();
    for (body, field) in [
        (json!({"parent_id": "root", "name": ""}), "name"),
        (json!({"parent_id": "root", "name": ".."}), "name"),
        (json!({"parent_id": "root", "name": "a/b"}), "name"),
        (json!({"parent_id": "root", "name": "a\nb"}), "name"),
        (
            json!({"parent_id": "root", "name": "x".repeat(256)}),
            "name",
        ),
        (json!({"parent_id": "nowhere", "name": "a"}), "parent_id"),
    ] {
        let problem = create(&scene, &body).await.problem(400, "invalid_request");
        assert_eq!(problem["field"], field, "{body}");
    }
    assert_eq!(scene.sandbox.requests().len(), asked);

    let file = scene.id_of("Welcome.txt").await;
    let within_a_file = create(&scene, &json!({"parent_id": file, "name": "a"})).await;
    within_a_file.problem(409, "not_a_folder");
    let empty = scene.id_of("Empty").await;
    scene.witness().delete("Empty").await;
    let nowhere = create(&scene, &json!({"parent_id": empty, "name": "a"})).await;
    nowhere.problem(404, "item_not_found");
}

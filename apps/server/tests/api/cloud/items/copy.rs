//! `POST /api/cloud/connections/{id}/items/{item_id}/copy`.

use serde_json::{Value, json};

use crate::support::answer::Answer;
use crate::support::scene::{Scene, column, text};

async fn copy(scene: &Scene, path: &str, to: &Value) -> Answer {
    let id = scene.id_of(path).await;
    let path = format!("{}/copy", scene.item_path(&id));
    scene.anna.post(&path).json(to).send().await
}

#[tokio::test]
async fn a_file_is_copied_beside_itself_and_elsewhere() {
    let scene = Scene::start().await;
    let empty = scene.id_of("Empty").await;
    for (to, expected) in [
        (json!({"name": "Hello.txt"}), "Hello.txt"),
        (json!({"parent_id": empty}), "Empty/Welcome.txt"),
        (
            json!({"parent_id": empty, "name": "Hello.txt"}),
            "Empty/Hello.txt",
        ),
        (json!({"conflict": "rename"}), "Welcome (2).txt"),
    ] {
        let answer = copy(&scene, "Welcome.txt", &to).await.expect(201);
        let made = answer.json();
        let id = scene.id_of(expected).await;
        assert_eq!(text(&made["id"]), id, "{to}");
        assert_eq!(answer.header("location"), Some(&*scene.item_path(&id)));
        for path in ["Welcome.txt", expected] {
            let read = scene.witness().read(path).await.expect(200);
            assert_eq!(read.text(), "Welcome to the sandbox.\n");
        }
    }
}

#[tokio::test]
async fn a_folder_is_copied_with_all_that_it_holds() {
    let scene = Scene::start().await;
    let made = copy(&scene, "Reports", &json!({"name": "Archive"})).await;
    assert_eq!(made.expect(201).json()["kind"], "folder");
    for folder in ["Reports/2026", "Archive/2026"] {
        let files = scene.listing(&scene.id_of(folder).await).await;
        assert_eq!(column(&files, "name"), ["Q1 report.csv", "Q2 report.csv"]);
    }
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let scene = Scene::start().await;
    for to in [json!({}), json!({"name": "Reports"})] {
        let answer = copy(&scene, "Welcome.txt", &to).await;
        answer.problem(409, "already_exists");
    }
    let kept = scene.listing(&scene.id_of("Reports").await).await;
    assert_eq!(column(&kept, "name"), ["2026"]);
}

#[tokio::test]
async fn what_is_not_there_is_not_copied() {
    let scene = Scene::start().await;
    let id = scene.id_of("Welcome.txt").await;
    scene.witness().delete("Welcome.txt").await;
    let path = format!("{}/copy", scene.item_path(&id));
    let call = scene.anna.post(&path).json(&json!({"name": "a"}));
    call.send().await.problem(404, "item_not_found");
}

//! `GET /api/cloud/connections/{id}/items/{item_id}`.

use serde_json::{Value, json};

use crate::support::scene::Scene;

#[tokio::test]
async fn an_item_is_what_its_folder_lists() {
    let scene = Scene::start().await;
    for name in ["Welcome.txt", "Reports"] {
        let page = scene.listing("root").await;
        let items = page["items"].as_array().unwrap();
        let listed = items.iter().find(|item| item["name"] == name).unwrap();
        let path = scene.item_path(&scene.id_of(name).await);
        let item = scene.anna.get(&path).send().await.expect(200).json();
        assert_eq!(&item, listed);
    }
}

#[tokio::test]
async fn the_top_folder_is_an_item() {
    let scene = Scene::start().await;
    let call = scene.anna.get(&scene.item_path("root"));
    let root = call.send().await.expect(200).json();
    assert_eq!(
        (&root["id"], &root["kind"], &root["size_bytes"]),
        (&json!("root"), &json!("folder"), &Value::Null)
    );
}

#[tokio::test]
async fn head_says_what_get_would() {
    let scene = Scene::start().await;
    let path = scene.item_path(&scene.id_of("Welcome.txt").await);
    let head = scene.anna.call("HEAD", &path).send().await.expect(200);
    assert!(head.body.is_empty());
    let get = scene.anna.get(&path).send().await.expect(200);
    for name in ["content-length", "content-type"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let scene = Scene::start().await;
    let gone = scene.id_of("Welcome.txt").await;
    scene.witness().delete("Welcome.txt").await;
    for id in [&*gone, "nowhere", "AQAA", "%2F", "ROOT", &"A".repeat(2_049)] {
        for path in [
            scene.item_path(id),
            format!("{}/content", scene.item_path(id)),
        ] {
            let answer = scene.anna.get(&path).send().await;
            answer.problem(404, "item_not_found");
        }
    }
}

#[tokio::test]
async fn a_query_is_refused() {
    let scene = Scene::start().await;
    let path = scene.item_path("root");
    for query in [("fresh", "true"), ("limit", "1")] {
        let answer = scene.anna.get(&path).query(query.0, query.1).send().await;
        answer.problem(400, "invalid_request");
    }
}

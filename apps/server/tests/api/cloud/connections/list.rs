//! `GET /api/cloud/connections`, `GET` and `PATCH …/{id}`.

use serde_json::json;

use crate::support::scene::{Scene, column, connect};
use crate::support::storage::account;

#[tokio::test]
async fn connections_are_listed_oldest_first() {
    let scene = Scene::start().await;
    let ben = scene.sandbox.add_account("ben", "a password");
    let second = connect(&scene.anna, &account(&ben)).await;
    let list = scene
        .anna
        .get("/api/cloud/connections")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(
        column(&list, "id"),
        [scene.connection.as_str(), second.as_str()]
    );
    assert!(list["next_cursor"].is_null());
}

#[tokio::test]
async fn a_connection_can_be_renamed() {
    let scene = Scene::start().await;
    let path = scene.connection_path();
    let before = scene.anna.get(&path).send().await.expect(200).json();
    let name = json!({"display_name": " Großvaters Boot 🚢 "});
    let renamed = scene
        .anna
        .patch(&path)
        .json(&name)
        .send()
        .await
        .expect(200)
        .json();
    let mut expected = before;
    expected["display_name"] = json!("Großvaters Boot 🚢");
    assert_eq!(renamed, expected);
    assert_eq!(
        scene.anna.get(&path).send().await.expect(200).json(),
        expected
    );
}

#[tokio::test]
async fn only_the_name_can_be_changed() {
    let scene = Scene::start().await;
    let path = scene.connection_path();
    let before = scene.anna.get(&path).send().await.expect(200).json();
    for body in [
        json!({}),
        json!({"display_name": ""}),
        json!({"display_name": "a\nb"}),
        json!({"display_name": 7}),
        // S-13: another address needs the password again.
        json!({"display_name": "Mine", "server_url": "https://cloud.example.org/"}),
        json!({"server_url": "https://cloud.example.org/"}),
        json!({"display_name": "Mine", "status": "ACTIVE"}),
    ] {
        let answer = scene.anna.patch(&path).json(&body).send().await;
        assert_eq!(answer.status, 400, "{body}");
        answer.problem(400, "invalid_request");
    }
    assert_eq!(
        scene.anna.get(&path).send().await.expect(200).json(),
        before
    );
}

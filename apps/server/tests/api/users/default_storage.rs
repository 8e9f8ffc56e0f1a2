//! `PATCH /api/users/me/default-storage`.

use serde_json::json;

use crate::support::scene::{Scene, choose_storage, connect, document_path, store};
use crate::support::storage::account;

const PATH: &str = "/api/users/me/default-storage";

#[tokio::test]
async fn it_decides_where_new_documents_go() {
    let scene = Scene::start().await;
    let place = async |name: &str| {
        let call = scene
            .anna
            .post("/api/documents")
            .query("name", name)
            .body("text/plain", "…");
        call.send().await.expect(201).json()["storage"].clone()
    };
    assert_eq!(place("one").await, "house");
    let asked = scene.sandbox.requests().len();
    for storage in [scene.connection.as_str(), "house", &scene.connection] {
        let profile = choose_storage(&scene.anna, storage)
            .await
            .expect(200)
            .json();
        assert_eq!(profile["default_storage"], storage);
    }
    assert_eq!(scene.sandbox.requests().len(), asked, "no outbound call");
    let profile = scene
        .anna
        .get("/api/users/me")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(profile["default_storage"], scene.connection.as_str());
    assert_eq!(place("two").await, scene.connection.as_str());
    // A request that names a storage is not bound to the default.
    assert_eq!(
        store(&scene.anna, "three", "house", b"").await["storage"],
        "house"
    );
}

#[tokio::test]
async fn it_falls_back_to_the_house_on_disconnect() {
    let scene = Scene::start().await;
    choose_storage(&scene.anna, &scene.connection)
        .await
        .expect(200);
    let receipt = scene.anna.delete(&scene.connection_path()).send().await;
    assert_eq!(receipt.expect(200).json()["default_storage_reset"], true);
    let profile = scene
        .anna
        .get("/api/users/me")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(profile["default_storage"], "house");
    // It says why it cannot be chosen again.
    choose_storage(&scene.anna, &scene.connection)
        .await
        .problem(409, "storage_disconnected");
    // It does not come back with the connection: nobody chose it anew.
    let again = account(&scene.sandbox.webdav());
    scene
        .anna
        .post("/api/cloud/connections/webdav")
        .json(&again)
        .send()
        .await
        .expect(200);
    let profile = scene
        .anna
        .get("/api/users/me")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(profile["default_storage"], "house");
}

#[tokio::test]
async fn it_is_none_that_must_be_authorised_again() {
    let scene = Scene::start().await;
    scene.sandbox.add_account("anna", "a new password");
    let check = format!("{}/check", scene.connection_path());
    scene.anna.post(&check).json(&json!({})).send().await;
    choose_storage(&scene.anna, &scene.connection)
        .await
        .problem(409, "requires_reauth");
    choose_storage(&scene.anna, "house").await.expect(200);
}

// A-08, E-01
#[tokio::test]
async fn it_can_only_be_ones_own() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let others = choose_storage(&ben, &scene.connection).await;
    let unknown = choose_storage(&ben, "01900000-0000-7000-8000-000000000000").await;
    assert_eq!(others.masked(), unknown.masked());
    others.problem(404, "not_found");
}

#[tokio::test]
async fn json_of_the_wrong_shape_is_refused() {
    let scene = Scene::start().await;
    for body in [
        json!({}),
        json!({"storage": null}),
        json!({"storage": 1}),
        json!({"storage": ""}),
        json!({"storage": "House"}),
        json!({"storage": "the cellar"}),
        json!({"storage": "house", "why": "because"}),
        json!("house"),
    ] {
        let answer = scene.anna.patch(PATH).json(&body).send().await;
        assert_eq!(answer.status, 400, "{body}");
        answer.problem(400, "invalid_request");
    }
}

#[tokio::test]
async fn documents_stay_where_they_were_stored() {
    let scene = Scene::start().await;
    let document = store(&scene.anna, "notes.txt", "house", b"notes").await;
    let ben = scene.sandbox.add_account("ben", "another password");
    let second = connect(&scene.anna, &account(&ben)).await;
    choose_storage(&scene.anna, &second).await.expect(200);
    let path = document_path(&document);
    let read = scene.anna.get(&path).send().await.expect(200).json();
    assert_eq!(read, document);
}

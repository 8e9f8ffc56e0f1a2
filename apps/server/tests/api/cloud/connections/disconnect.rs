//! `DELETE /api/cloud/connections/{id}`, and what becomes of the documents.

use serde_json::Value;
use wharf_sandbox::Sandbox;

use crate::support::postgres::Database;
use crate::support::scene::{Scene, choose_storage, connect, document_path, store, try_connect};
use crate::support::server::Server;
use crate::support::storage::account;

#[tokio::test]
async fn documents_come_back_with_their_storage_on_sqlite() {
    leave_and_return(&Server::start().await).await;
}

#[tokio::test]
async fn documents_come_back_with_their_storage_on_postgresql() {
    leave_and_return(&Server::on(&Database::fresh().await).await).await;
}

async fn leave_and_return(server: &Server) {
    let anna = server.regular("anna@example.org").await;
    let sandbox = Sandbox::start();
    let connection = connect(&anna, &account(&sandbox.webdav())).await;
    let document = store(&anna, "notes.txt", &connection, b"notes").await;
    let in_house = store(&anna, "other.txt", "house", b"others").await;
    choose_storage(&anna, &connection).await.expect(200);

    let path = format!("/api/cloud/connections/{connection}");
    let receipt = anna.delete(&path).send().await.expect(200).json();
    assert_receipt(&receipt, &connection);
    anna.get(&path).send().await.problem(404, "not_found");
    anna.delete(&path).send().await.problem(404, "not_found");

    let [document, in_house] = [&document, &in_house].map(document_path);
    let content = format!("{document}/content");
    let before = sandbox.requests().len();
    anna.get(&document).send().await.expect(200);
    anna.get(&content)
        .send()
        .await
        .problem(409, "storage_disconnected");
    anna.delete(&document)
        .send()
        .await
        .problem(409, "storage_disconnected");
    anna.get(&format!("{in_house}/content"))
        .send()
        .await
        .expect(200);
    let upload = anna
        .post("/api/documents")
        .query("name", "n")
        .query("storage", &connection);
    upload
        .body("text/plain", "…")
        .send()
        .await
        .problem(404, "not_found");
    assert_eq!(
        sandbox.requests().len(),
        before,
        "a storage that was left is not asked"
    );

    let again = try_connect(&anna, &account(&sandbox.webdav()))
        .await
        .expect(200)
        .json();
    assert_eq!(again["id"], connection.as_str());
    assert_eq!(anna.get(&content).send().await.expect(200).text(), "notes");
}

fn assert_receipt(receipt: &Value, connection: &str) {
    assert_eq!(receipt["connection_id"], connection);
    assert_eq!(receipt["provider"], "webdav");
    assert_eq!(receipt["credential"], "destroyed");
    assert_eq!(receipt["revocation"]["status"], "unsupported");
    assert!(
        receipt["revocation"]["advice"]
            .as_str()
            .unwrap()
            .contains("password")
    );
    assert_eq!(receipt["documents_left"], 1);
    assert_eq!(receipt["default_storage_reset"], true);
}

#[tokio::test]
async fn the_storage_itself_is_not_touched() {
    let scene = Scene::start().await;
    scene.store("notes.txt", b"notes").await;
    let before = scene.sandbox.requests().len();
    let receipt = scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(receipt["default_storage_reset"], false);
    assert_eq!(scene.sandbox.requests().len(), before);
    scene.witness().read("Wharf/notes.txt").await.expect(200);
}

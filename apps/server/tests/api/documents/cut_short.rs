//! Uploads that end before their end: nothing becomes visible, and nothing is left behind (R-08, R-12).

use serde_json::json;
use wharf_sandbox::Sandbox;

use crate::support::client::Client;
use crate::support::content::{self, bytes};
use crate::support::folder::files;
use crate::support::multipart::Form;
use crate::support::patience;
use crate::support::process::Process;
use crate::support::raw;
use crate::support::s3::{S3Server, keys_below};
use crate::support::scene::{Scene, connect, document_path, store};
use crate::support::server::Server;
use crate::support::storage::{Witness, account};

const MEBIBYTE: usize = 1024 * 1024;

async fn no_document(who: &Client) {
    let list = who.get("/api/documents").send().await.expect(200).json();
    assert_eq!(list, json!({"items": [], "next_cursor": null}));
}

/// Waits until an upload has come as far as the storage's folder.
async fn something_lies_there(witness: &Witness) {
    let is_there = async || !witness.paths_in("Wharf").await.is_empty();
    patience::until("the upload has begun", is_there).await;
}

/// Waits until nothing lies in the storage's folder, temporary things included.
async fn nothing_lies_there(witness: &Witness) {
    let is_empty = async || witness.paths_in("Wharf").await.is_empty();
    patience::until("nothing is left behind", is_empty).await;
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_nothing_in_a_connection() {
    let scene = Scene::start().await;
    let call = scene.anna.post("/api/documents").query("name", "notes.txt");
    let call = call.query("storage", &scene.connection);
    let call = call.body("text/plain", content::stalling(bytes(1, MEBIBYTE)));
    let upload = tokio::spawn(call.try_stream());
    something_lies_there(&scene.witness()).await;
    upload.abort();
    nothing_lies_there(&scene.witness()).await;
    no_document(&scene.anna).await;
    scene.store("notes.txt", b"the name is free").await;
    assert_eq!(scene.witness().paths_in("Wharf").await.len(), 1);
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_nothing_in_the_house() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let documents = server.data_dir().join("documents");
    let call = anna.post("/api/documents").query("name", "notes.txt");
    let call = call.body("text/plain", content::stalling(bytes(1, MEBIBYTE)));
    let upload = tokio::spawn(call.try_stream());
    patience::until("the upload has begun", async || {
        !files(&documents).is_empty()
    })
    .await;
    upload.abort();
    patience::until("the house is tidy", async || files(&documents).is_empty()).await;
    no_document(&anna).await;
}

// R-02: the connection is ended while its upload runs. The row is refused, and the bytes, which are whole
// by then, are removed through the storage that they were written to.
#[tokio::test]
async fn an_upload_whose_connection_ends_meanwhile_leaves_nothing() {
    let scene = Scene::start().await;
    let (body, finish) = content::paused(bytes(1, MEBIBYTE));
    let call = scene.anna.post("/api/documents").query("name", "notes.txt");
    let call = call.query("storage", &scene.connection);
    let upload = tokio::spawn(call.body("text/plain", body).send());
    something_lies_there(&scene.witness()).await;
    scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200);
    finish.send(()).unwrap();
    upload.await.unwrap().problem(409, "storage_disconnected");
    nothing_lies_there(&scene.witness()).await;
    no_document(&scene.anna).await;
}

/// A request that promises twice as much as it sends.
fn half_an_upload(token: &str, storage: &str) -> Vec<u8> {
    let promised = 2 * MEBIBYTE;
    let head = format!(
        "POST /api/documents?name=notes.txt&storage={storage} HTTP/1.1\r\nHost: wharf\r\n\
         Authorization: Bearer {token}\r\nContent-Type: text/plain\r\n\
         Content-Length: {promised}\r\n\r\n"
    );
    [head.into_bytes(), bytes(1, MEBIBYTE)].concat()
}

#[tokio::test]
async fn a_body_shorter_than_its_content_length_is_refused() {
    let scene = Scene::start().await;
    for storage in ["house", &scene.connection] {
        let request = half_an_upload(scene.anna.token(), storage);
        let answer = raw::exchange(scene.server.url(), &request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains(r#""code":"upload_incomplete""#), "{answer}");
    }
    nothing_lies_there(&scene.witness()).await;
    no_document(&scene.anna).await;
    let documents = scene.server.data_dir().join("documents");
    patience::until("the house is tidy", async || files(&documents).is_empty()).await;
}

#[tokio::test]
async fn a_form_without_its_end_is_refused() {
    let scene = Scene::start().await;
    for storage in ["house", &scene.connection] {
        let form = Form::default().text("storage", storage);
        let form = form
            .file("notes.txt", "text/plain", &bytes(1, MEBIBYTE))
            .cut();
        let call = scene
            .anna
            .post("/api/documents")
            .body(&Form::content_type(), form);
        call.send().await.problem(400, "upload_incomplete");
    }
    nothing_lies_there(&scene.witness()).await;
    no_document(&scene.anna).await;
}

// R-12
#[tokio::test]
async fn a_killed_server_leaves_no_document() {
    let sandbox = Sandbox::start();
    let mut process = Process::start().await;
    let anna = process.regular("anna@example.org", "a good password").await;
    let connection = connect(&anna, &account(&sandbox.webdav())).await;
    let witness = Witness::of(&sandbox.webdav());
    let documents = process.folder().join("data/documents");

    let begun = async || !files(&documents).is_empty();
    killed_within_an_upload(&mut process, &anna, "house", 1, begun).await;
    let begun = async || !witness.paths_in("Wharf").await.is_empty();
    killed_within_an_upload(&mut process, &anna, &connection, 1, begun).await;
    witness.read("Wharf/notes.txt").await.expect(404);

    // The data folder still opens: who was connected is, and both storages take the document now.
    for storage in ["house", &connection] {
        let document = store(&anna, "notes.txt", storage, b"notes").await;
        let content = format!("{}/content", document_path(&document));
        assert_eq!(anna.get(&content).send().await.expect(200).text(), "notes");
    }
    witness.read("Wharf/notes.txt").await.expect(200);
}

// R-12: what had arrived in the bucket is parts that nobody can see, and that its own rules clear away.
#[tokio::test]
async fn a_killed_server_leaves_nothing_visible_in_a_bucket() {
    let bucket = S3Server::start().await;
    let mut process = Process::with(|settings| settings.house_in(&bucket)).await;
    let anna = process.regular("anna@example.org", "a good password").await;
    // More than a part, which is 5 MiB.
    let begun = async || bucket.uploads_under_way() > 1;
    killed_within_an_upload(&mut process, &anna, "house", 6, begun).await;
    assert_eq!(keys_below(&bucket.bucket()), [""; 0]);

    let document = store(&anna, "notes.txt", "house", b"notes").await;
    let content = format!("{}/content", document_path(&document));
    assert_eq!(anna.get(&content).send().await.expect(200).text(), "notes");
    assert_eq!(keys_below(&bucket.bucket()).len(), 1);
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_nothing_in_a_bucket() {
    let bucket = S3Server::start().await;
    let server = Server::with(|settings| settings.house_in(&bucket)).await;
    let anna = server.regular("anna@example.org").await;
    let call = anna.post("/api/documents").query("name", "notes.txt");
    let call = call.body("text/plain", content::stalling(bytes(1, 6 * MEBIBYTE)));
    let upload = tokio::spawn(call.try_stream());
    patience::until("the upload has begun", async || {
        bucket.uploads_under_way() > 1
    })
    .await;
    upload.abort();
    patience::until("the bucket is tidy", async || {
        bucket.uploads_under_way() == 0
    })
    .await;
    assert_eq!(keys_below(&bucket.bucket()), [""; 0]);
    no_document(&anna).await;
}

async fn killed_within_an_upload(
    process: &mut Process,
    who: &Client,
    storage: &str,
    mebibytes: usize,
    begun: impl AsyncFnMut() -> bool,
) {
    let call = who.post("/api/documents").query("name", "notes.txt");
    let call = call.query("storage", storage);
    let call = call.body(
        "text/plain",
        content::stalling(bytes(1, mebibytes * MEBIBYTE)),
    );
    let upload = tokio::spawn(call.try_stream());
    patience::until("the upload has begun", begun).await;
    process.kill_and_restart().await;
    upload.abort();
    no_document(who).await;
}

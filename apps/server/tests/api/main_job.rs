//! The main job, from the log-in to the last byte: on both databases, with a simulated and a real
//! WebDAV server, and with the house in a folder and in a bucket.

use serde_json::json;
use wharf_sandbox::{Access, Sandbox};

use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::content::{bytes, repr_digest, sha256_hex};
use crate::support::environment;
use crate::support::multipart::Form;
use crate::support::postgres::Database;
use crate::support::s3::{S3Server, keys_below};
use crate::support::scene::{choose_storage, column, connect, document_path, text};
use crate::support::server::Server;
use crate::support::settings::Settings;
use crate::support::storage::{Witness, account};

/// No multiple of any chunk.
const LENGTH: usize = 5 * 1024 * 1024 + 3;

#[tokio::test]
async fn with_a_simulated_server_and_sqlite() {
    in_a_connection(&Server::start().await, "sqlite", &Sandbox::start().webdav()).await;
}

#[tokio::test]
async fn with_a_simulated_server_and_postgresql() {
    let server = Server::on(&Database::fresh().await).await;
    in_a_connection(&server, "postgresql", &Sandbox::start().webdav()).await;
}

#[tokio::test]
async fn with_apache_and_sqlite() {
    in_a_connection(&Server::start().await, "sqlite", &environment::apache()).await;
}

#[tokio::test]
async fn with_apache_and_postgresql() {
    let server = Server::on(&Database::fresh().await).await;
    in_a_connection(&server, "postgresql", &environment::apache()).await;
}

#[tokio::test]
async fn with_the_house_and_sqlite() {
    in_the_house(&Server::start().await).await;
}

#[tokio::test]
async fn with_the_house_and_postgresql() {
    in_the_house(&Server::on(&Database::fresh().await).await).await;
}

#[tokio::test]
async fn with_the_house_in_a_bucket_and_sqlite() {
    let bucket = S3Server::start().await;
    in_the_house(&Server::with(|settings| settings.house_in(&bucket)).await).await;
    assert_eq!(keys_below(&bucket.bucket()), [""; 0]);
    assert_eq!(bucket.uploads_under_way(), 0);
}

#[tokio::test]
async fn with_the_house_in_a_bucket_and_postgresql() {
    let (bucket, database) = (S3Server::start().await, Database::fresh().await);
    let choose = |settings: Settings| settings.database(&database.url).house_in(&bucket);
    in_the_house(&Server::with(choose).await).await;
    assert_eq!(keys_below(&bucket.bucket()), [""; 0]);
    assert_eq!(bucket.uploads_under_way(), 0);
}

/// Everything that a person does with a connected storage; `name` keeps apart those who share one.
async fn in_a_connection(server: &Server, name: &str, access: &Access) {
    let anna = server.regular("anna@example.org").await;
    let witness = Witness::of(access);
    let name = format!("{name} {}.pdf", std::process::id());

    let connection = connect(&anna, &account(access)).await;
    let root = format!("/api/cloud/connections/{connection}/folders/root");
    let listing = anna.get(&root).send().await.expect(200).json();
    assert_eq!(listing["connection_id"], connection.as_str());
    assert!(listing["items"].is_array());
    let profile = choose_storage(&anna, &connection).await.expect(200).json();
    assert_eq!(profile["default_storage"], connection.as_str());

    let ids = store_and_read(&anna, &name, &connection).await;

    // A name that is taken is numbered in the storage.
    let numbered = name.replace(".pdf", " (2).pdf");
    let [first, second] = [bytes(1, LENGTH), bytes(2, LENGTH)];
    for (name, content) in [(&name, first), (&numbered, second)] {
        let stored = witness.read(&format!("Wharf/{name}")).await.expect(200);
        assert!(stored.body == content, "{name} is not what was stored");
    }
    let listing = anna
        .get(&root)
        .query("fresh", "true")
        .send()
        .await
        .expect(200)
        .json();
    assert!(column(&listing, "name").contains(&"Wharf".to_owned()));

    delete_all(&anna, &ids).await;
    for name in [&name, &numbered] {
        witness.read(&format!("Wharf/{name}")).await.expect(404);
    }
}

async fn in_the_house(server: &Server) {
    let anna = server.regular("anna@example.org").await;
    let ids = store_and_read(&anna, "report.pdf", "house").await;
    delete_all(&anna, &ids).await;
}

/// Stores two documents under one name, in the body and in a form, and reads them back.
async fn store_and_read(anna: &Client, name: &str, storage: &str) -> [String; 2] {
    let [first, second] = [bytes(1, LENGTH), bytes(2, LENGTH)];
    let call = anna.post("/api/documents").query("name", name);
    let by_body = call.body("application/pdf", first.clone()).send().await;
    let by_body = stored(&by_body.expect(201), name, storage, &first);

    let form = Form::default()
        .file(name, "application/pdf", &second)
        .finish();
    let call = anna
        .post("/api/documents")
        .body(&Form::content_type(), form);
    let by_form = stored(&call.send().await.expect(201), name, storage, &second);

    let list = anna.get("/api/documents").send().await.expect(200).json();
    assert_eq!(
        column(&list, "id"),
        [by_form.as_str(), by_body.as_str()],
        "newest first"
    );
    for (id, content) in [(&by_body, &first), (&by_form, &second)] {
        let path = format!("/api/documents/{id}/content");
        let answer = anna.get(&path).send().await.expect(200);
        assert!(answer.body == *content, "other bytes came back");
        assert_eq!(answer.header("repr-digest").unwrap(), repr_digest(content));
        assert_eq!(answer.header("content-length").unwrap(), LENGTH.to_string());
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
        let part = anna
            .get(&path)
            .header("Range", "bytes=5242880-")
            .send()
            .await;
        assert_eq!(part.expect(206).body, content[5_242_880..]);
    }
    [by_body, by_form]
}

/// The id of a document that was just stored, if the answer is right.
fn stored(answer: &Answer, name: &str, storage: &str, content: &[u8]) -> String {
    let document = answer.json();
    let expected = json!({
        "id": document["id"],
        "name": name,
        "content_type": "application/pdf",
        "size_bytes": content.len(),
        "sha256": sha256_hex(content),
        "storage": storage,
        "verified": "size-only",
        "created_at": document["created_at"],
    });
    assert_eq!(document, expected);
    assert_eq!(answer.header("repr-digest").unwrap(), repr_digest(content));
    assert!(
        answer
            .header("location")
            .unwrap()
            .ends_with(&document_path(&document))
    );
    text(&document["id"])
}

async fn delete_all(anna: &Client, ids: &[String]) {
    for id in ids {
        let path = format!("/api/documents/{id}");
        anna.delete(&path).send().await.expect(200);
        for gone in [
            anna.get(&path),
            anna.get(&format!("{path}/content")),
            anna.delete(&path),
        ] {
            gone.send().await.problem(404, "not_found");
        }
    }
    let list = anna.get("/api/documents").send().await.expect(200).json();
    assert_eq!(list, json!({"items": [], "next_cursor": null}));
}

//! What is kept of an upload beside its bytes.

use super::{PATH, nothing_is_stored, upload};
use crate::support::content::sha256_hex;
use crate::support::scene::{Scene, document_path, store};
use crate::support::server::Server;

#[tokio::test]
async fn the_type_is_kept_as_it_came() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for content_type in [
        "text/plain; charset=utf-8",
        "application/vnd.api+json",
        "IMAGE/PNG",
    ] {
        let call = upload(&anna, "n").body(content_type, "…");
        let document = call.send().await.expect(201).json();
        assert_eq!(document["content_type"], content_type);
        let content = format!("{}/content", document_path(&document));
        let answer = anna.get(&content).send().await.expect(200);
        assert_eq!(answer.header("content-type"), Some(content_type));
    }
    let call = anna.post(PATH).query("name", "n").untyped("…");
    let document = call.send().await.expect(201).json();
    assert_eq!(document["content_type"], "application/octet-stream");
}

// H-01
#[tokio::test]
async fn a_type_that_is_none_is_refused() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for content_type in [
        "text",
        "text/",
        "/",
        "text/plä",
        "text/plain\tcharset=utf-8",
        &format!("text/{}", "x".repeat(255)),
    ] {
        let answer = upload(&anna, "n").body(content_type, "…").send().await;
        assert_eq!(answer.status, 400, "{content_type}");
        answer.problem(400, "invalid_request");
    }
    nothing_is_stored(&anna).await;
}

#[tokio::test]
async fn an_empty_body_is_a_document() {
    let scene = Scene::start().await;
    for storage in ["house", scene.connection.as_str()] {
        let document = store(&scene.anna, "empty.txt", storage, b"").await;
        assert_eq!(document["size_bytes"], 0);
        assert_eq!(document["sha256"], sha256_hex(b""));
        let content = format!("{}/content", document_path(&document));
        assert_eq!(
            scene.anna.get(&content).send().await.expect(200).body.len(),
            0
        );
    }
}

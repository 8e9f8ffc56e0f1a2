//! What an upload may be called, and what it is called in a connected storage.

use futures_util::future::join_all;
use serde_json::Value;

use super::{PATH, nothing_is_stored, upload};
use crate::support::scene::{Scene, column, document_path, text};

// I-01, I-02
#[tokio::test]
async fn names_that_cannot_be_are_refused() {
    let scene = Scene::start().await;
    let asked = scene.sandbox.requests().len();
    let long = "n".repeat(256);
    let many_bytes = "ü".repeat(128);
    for name in [
        "",
        ".",
        "..",
        "a/b",
        "/",
        "../a",
        "a\0b",
        "a\nb",
        "a\r\nSet-Cookie: b",
        "\u{7f}",
        "\u{85}",
        &long,
        &many_bytes,
    ] {
        for storage in ["house", &scene.connection] {
            let call = upload(&scene.anna, name)
                .query("storage", storage)
                .body("text/plain", "…");
            let answer = call.send().await;
            assert_eq!(answer.status, 400, "{name:?}");
            assert_eq!(answer.problem(400, "invalid_request")["field"], "name");
        }
    }
    let answer = scene.anna.post(PATH).body("text/plain", "…").send().await;
    assert_eq!(answer.problem(400, "invalid_request")["field"], "name");
    nothing_is_stored(&scene.anna).await;
    assert_eq!(
        scene.sandbox.requests().len(),
        asked,
        "no storage was asked"
    );
}

// I-02
#[tokio::test]
async fn every_other_name_goes_and_comes_back_as_it_is() {
    let scene = Scene::start().await;
    let longest = "n".repeat(255);
    for name in [
        "Ümläut – größer.txt",
        "u\u{308}ber.txt",
        "100% #1? a+b&c;d=e.txt",
        "%2e%2e%2f",
        "<tag> \"quoted\" 'single'.txt",
        "日本語 🚢",
        "back\\slash",
        "...",
        " spaced ",
        &longest,
    ] {
        let document = scene.store(name, name.as_bytes()).await;
        assert_eq!(document["name"], name);
        let content = format!("{}/content", document_path(&document));
        assert_eq!(
            scene.anna.get(&content).send().await.expect(200).text(),
            name
        );
        let stored = scene.witness().read(&format!("Wharf/{name}")).await;
        assert_eq!(stored.expect(200).text(), name, "it lies under its name");
    }
}

#[tokio::test]
async fn a_taken_name_is_numbered_and_nothing_overwritten() {
    let scene = Scene::start().await;
    for content in ["one", "two", "three"] {
        scene.store("notes.txt", content.as_bytes()).await;
    }
    for (path, content) in [
        ("notes.txt", "one"),
        ("notes (2).txt", "two"),
        ("notes (3).txt", "three"),
    ] {
        let stored = scene.witness().read(&format!("Wharf/{path}")).await;
        assert_eq!(stored.expect(200).text(), content);
    }
    assert_eq!(
        scene.witness().paths_in("Wharf").await.len(),
        3,
        "and nothing else lies there"
    );
}

#[tokio::test]
async fn uploads_at_once_never_share_a_name() {
    let scene = Scene::start().await;
    let contents: Vec<_> = (0..8).map(|number| format!("content {number}")).collect();
    let uploads = contents
        .iter()
        .map(|content| scene.store("notes.txt", content.as_bytes()));
    let documents = join_all(uploads).await;
    for (document, content) in documents.iter().zip(&contents) {
        let path = format!("{}/content", document_path(document));
        assert_eq!(
            scene.anna.get(&path).send().await.expect(200).text(),
            content
        );
    }
    assert_eq!(
        scene.witness().paths_in("Wharf").await.len(),
        contents.len()
    );
}

#[tokio::test]
async fn documents_of_a_storage_are_found_in_its_folder() {
    let scene = Scene::start().await;
    scene.store("notes.txt", b"notes").await;
    let root = scene
        .anna
        .get(&scene.folder_path("root"))
        .query("fresh", "true")
        .send()
        .await;
    let root: Value = root.expect(200).json();
    let folder = root["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["name"] == "Wharf");
    let folder = text(&folder.unwrap()["id"]);
    let listing = scene
        .anna
        .get(&scene.folder_path(&folder))
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(column(&listing, "name"), ["notes.txt"]);
}

//! `POST /api/documents`.

use serde_json::{Value, json};
use wharf_sandbox::Scenario;

use crate::support::client::{Call, Client};
use crate::support::content::sha256_hex;
use crate::support::multipart::Form;
use crate::support::scene::{Scene, column, document_path, store, text};
use crate::support::server::Server;

const PATH: &str = "/api/documents";

fn upload(who: &Client, name: &str) -> Call {
    who.post(PATH).query("name", name)
}

fn form(who: &Client, form: Form) -> Call {
    who.post(PATH).body(&Form::content_type(), form.finish())
}

async fn nothing_is_stored(who: &Client) {
    let list = who.get(PATH).send().await.expect(200).json();
    assert_eq!(list["items"], json!([]));
}

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
    let documents = futures_util::future::join_all(uploads).await;
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
async fn a_form_says_name_and_storage_before_the_file() {
    let scene = Scene::start().await;
    let named = Form::default()
        .text("name", "chosen.txt")
        .text("storage", &scene.connection)
        .text("size", "5")
        .file("original.txt", "text/plain", b"notes");
    let document = form(&scene.anna, named).send().await.expect(201).json();
    assert_eq!(document["name"], "chosen.txt");
    assert_eq!(document["storage"], scene.connection.as_str());
    assert_eq!(document["sha256"], sha256_hex(b"notes"));
    let unnamed = Form::default().file("original.txt", "text/csv", b"a,b");
    let document = form(&scene.anna, unnamed).send().await.expect(201).json();
    assert_eq!(
        (&document["name"], &document["content_type"]),
        (&json!("original.txt"), &json!("text/csv"))
    );
}

// A form's own text is content too: boundaries within lines are none.
#[tokio::test]
async fn a_file_may_hold_what_looks_like_a_form() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let content = Form::default().text("name", "inner").finish();
    let content = String::from_utf8(content).unwrap().replace("--7e", "- -7e");
    let outer = Form::default().file("form.txt", "text/plain", content.as_bytes());
    let document = form(&anna, outer).send().await.expect(201).json();
    assert_eq!(document["sha256"], sha256_hex(content.as_bytes()));
}

#[tokio::test]
async fn forms_of_the_wrong_shape_are_refused() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let file = |form: Form| form.file("a.txt", "text/plain", b"notes");
    for (why, form) in [
        ("no file", Form::default().text("name", "a.txt")),
        ("empty", Form::default()),
        ("unknown part", file(Form::default().text("colour", "red"))),
        (
            "name twice",
            file(Form::default().text("name", "a").text("name", "b")),
        ),
        ("bad name", file(Form::default().text("name", "../a"))),
        (
            "no storage",
            file(Form::default().text("storage", "cellar")),
        ),
        ("no number", file(Form::default().text("size", "five"))),
        (
            "no name at all",
            Form::default().part("form-data; name=\"file\"", None, b"notes"),
        ),
        (
            "bad file name",
            Form::default().file("..", "text/plain", b"notes"),
        ),
        ("bad type", Form::default().file("a.txt", "text", b"notes")),
        (
            "no field",
            Form::default().part("attachment", None, b"notes"),
        ),
        (
            "long name",
            file(Form::default().text("name", &"n".repeat(100_000))),
        ),
    ] {
        let answer = anna
            .post(PATH)
            .body(&Form::content_type(), form.finish())
            .send()
            .await;
        assert_eq!(answer.status, 400, "{why}: {:?}", answer.body);
        answer.problem(400, "invalid_request");
    }
    let no_boundary = anna
        .post(PATH)
        .body("multipart/form-data", Form::default().finish());
    assert_eq!(no_boundary.send().await.status, 400);
    nothing_is_stored(&anna).await;
}

#[tokio::test]
async fn a_form_is_held_to_the_size_it_announced() {
    let scene = Scene::start().await;
    for size in ["4", "6"] {
        for storage in ["house", &scene.connection] {
            let wrong = Form::default().text("storage", storage).text("size", size);
            let wrong = wrong.file("a.txt", "text/plain", b"notes");
            let answer = form(&scene.anna, wrong).send().await;
            answer.problem(400, "upload_incomplete");
        }
    }
    nothing_is_stored(&scene.anna).await;
    assert_eq!(
        scene.witness().paths_in("Wharf").await,
        Vec::<String>::new()
    );
}

//
#[tokio::test]
async fn nobody_stores_in_anybody_elses_storage() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let asked = scene.sandbox.requests().len();
    let attempt = async |storage: &str| {
        upload(&ben, "n")
            .query("storage", storage)
            .body("text/plain", "…")
            .send()
            .await
    };
    let others = attempt(&scene.connection).await;
    let unknown = attempt("01900000-0000-7000-8000-000000000000").await;
    assert_eq!(others.masked(), unknown.masked());
    others.problem(404, "not_found");
    assert_eq!(scene.sandbox.requests().len(), asked);
    nothing_is_stored(&ben).await;
}

#[tokio::test]
async fn a_query_of_the_wrong_shape_is_refused() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for query in [
        "name=a&name=b",
        "name=a&storage=cellar",
        "name=a&storage=",
        "name=a&colour=red",
        "name=%ff",
    ] {
        let call = anna
            .post(&format!("{PATH}?{query}"))
            .body("text/plain", "…");
        let answer = call.send().await;
        assert_eq!(answer.status, 400, "{query}");
        answer.problem(400, "invalid_request");
    }
    nothing_is_stored(&anna).await;
}

// I-03: a coding would be stored as if it were the content.
#[tokio::test]
async fn a_coded_body_is_refused() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let call = upload(&anna, "n")
        .header("Content-Encoding", "gzip")
        .body("text/plain", "…");
    call.send().await.problem(415, "unsupported_media_type");
    nothing_is_stored(&anna).await;
}

#[tokio::test]
async fn a_storage_that_takes_nothing_is_reported() {
    let scene = Scene::start().await;
    for (scenario, status, code) in [
        (Scenario::Full, 507, "storage_full"),
        (Scenario::ServerError, 502, "upstream_unavailable"),
    ] {
        scene.sandbox.misbehave(scenario);
        let call = upload(&scene.anna, "n").query("storage", &scene.connection);
        let answer = call.body("text/plain", "…").send().await;
        assert_eq!(answer.status, status, "{scenario}");
        answer.problem(status, code);
    }
    scene.sandbox.behave();
    nothing_is_stored(&scene.anna).await;
    assert_eq!(
        scene.witness().paths_in("Wharf").await,
        Vec::<String>::new()
    );
}

//
#[tokio::test]
async fn a_silent_storage_is_given_up() {
    let scene = Scene::impatient().await;
    scene.sandbox.misbehave(Scenario::Stall);
    let call = upload(&scene.anna, "n").query("storage", &scene.connection);
    call.body("text/plain", "…")
        .send()
        .await
        .problem(504, "upstream_timeout");
    nothing_is_stored(&scene.anna).await;
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

//! Uploads by form (RFC 7578).

use serde_json::json;

use super::{PATH, nothing_is_stored};
use crate::support::client::{Call, Client};
use crate::support::content::sha256_hex;
use crate::support::multipart::Form;
use crate::support::scene::Scene;
use crate::support::server::Server;

fn form(who: &Client, form: Form) -> Call {
    who.post(PATH).body(&Form::content_type(), form.finish())
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

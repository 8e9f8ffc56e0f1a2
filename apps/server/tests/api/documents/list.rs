//! `GET /api/documents`.

use serde_json::json;

use crate::support::scene::{Scene, column, store, text};
use crate::support::server::Server;

const PATH: &str = "/api/documents";

#[tokio::test]
async fn documents_are_listed_newest_first_in_pages() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let mut stored = Vec::new();
    for number in 0..5 {
        let document = store(&anna, &format!("{number}.txt"), "house", b"x").await;
        stored.insert(0, text(&document["id"]));
    }
    let mut listed = Vec::new();
    let mut page = anna
        .get(PATH)
        .query("limit", "2")
        .send()
        .await
        .expect(200)
        .json();
    loop {
        listed.extend(column(&page, "id"));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        let call = anna.get(PATH).query("limit", "2").query("cursor", cursor);
        page = call.send().await.expect(200).json();
    }
    assert_eq!(listed, stored);
    let whole = anna
        .get(PATH)
        .query("limit", "5")
        .send()
        .await
        .expect(200)
        .json();
    assert!(
        whole["next_cursor"].is_null(),
        "nothing lies behind the last"
    );
}

#[tokio::test]
async fn a_cursor_survives_what_comes_and_goes() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let oldest = store(&anna, "1.txt", "house", b"x").await;
    let middle = store(&anna, "2.txt", "house", b"x").await;
    store(&anna, "3.txt", "house", b"x").await;
    let page = anna
        .get(PATH)
        .query("limit", "1")
        .send()
        .await
        .expect(200)
        .json();
    store(&anna, "4.txt", "house", b"x").await;
    let path = format!("{PATH}/{}", text(&middle["id"]));
    anna.delete(&path).send().await.expect(200);
    let cursor = text(&page["next_cursor"]);
    let page = anna
        .get(PATH)
        .query("cursor", &cursor)
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(page, json!({"items": [oldest], "next_cursor": null}));
}

//
#[tokio::test]
async fn nobody_sees_anybody_elses() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    let ben = server.regular("ben@example.org").await;
    store(&anna, "1.txt", "house", b"x").await;
    store(&anna, "2.txt", "house", b"x").await;
    let list = ben.get(PATH).send().await.expect(200).json();
    assert_eq!(list["items"], json!([]));
    let page = anna
        .get(PATH)
        .query("limit", "1")
        .send()
        .await
        .expect(200)
        .json();
    let cursor = text(&page["next_cursor"]);
    ben.get(PATH)
        .query("cursor", &cursor)
        .send()
        .await
        .problem(400, "invalid_cursor");
}

#[tokio::test]
async fn a_query_of_the_wrong_shape_is_refused() {
    let scene = Scene::start().await;
    let folder = scene
        .anna
        .get(&scene.folder_path("root"))
        .query("limit", "1")
        .send()
        .await;
    let cursor_of_a_folder = text(&folder.expect(200).json()["next_cursor"]);
    for cursor in ["", "garbage", "AAAA", &cursor_of_a_folder] {
        let answer = scene.anna.get(PATH).query("cursor", cursor).send().await;
        answer.problem(400, "invalid_cursor");
    }
    for query in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "limit=1&limit=1",
        "order=name",
    ] {
        let answer = scene.anna.get(&format!("{PATH}?{query}")).send().await;
        let problem = answer.problem(400, "invalid_request");
        assert_eq!(problem["field"], query.split('=').next().unwrap());
    }
}

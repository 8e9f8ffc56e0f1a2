//! Pages of a folder, and the cursors between them.

use super::{BY_PROVIDER, entry, list};
use crate::support::scene::{Scene, column, connect, text};
use crate::support::storage::account;

#[tokio::test]
async fn pages_are_cut_from_one_reading() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    let first = scene.anna.get(&root).query("limit", "2");
    let mut page = first.send().await.expect(200).json();
    let asked = scene.sandbox.requests().len();
    let mut names = column(&page, "name");
    while let Some(cursor) = page["next_cursor"].as_str() {
        let next = scene
            .anna
            .get(&root)
            .query("limit", "2")
            .query("cursor", cursor);
        page = next.send().await.expect(200).json();
        assert!(page["items"].as_array().unwrap().len() <= 2);
        names.extend(column(&page, "name"));
    }
    assert_eq!(
        names,
        ["Empty", "Odd names", "Photos", "Reports", "Welcome.txt"]
    );
    assert_eq!(
        scene.sandbox.requests().len(),
        asked,
        "one reading serves all pages"
    );
}

async fn cursor_of(scene: &Scene, folder: &str) -> String {
    let call = scene
        .anna
        .get(&scene.folder_path(folder))
        .query("limit", "1");
    text(&call.send().await.expect(200).json()["next_cursor"])
}

#[tokio::test]
async fn a_cursor_belongs_to_its_folder_and_connection() {
    let scene = Scene::start().await;
    let root = list(&scene, "root").await;
    let odd_names = text(&entry(&root, "Odd names")["id"]);
    let cursor = cursor_of(&scene, &odd_names).await;
    let elsewhere = scene
        .anna
        .get(&scene.folder_path("root"))
        .query("cursor", &cursor);
    elsewhere.send().await.problem(400, "invalid_cursor");

    let ben = scene.sandbox.add_account("ben", "a password");
    let second = connect(&scene.anna, &account(&ben)).await;
    let elsewhere = format!("/api/cloud/connections/{second}/folders/root");
    let cursor = cursor_of(&scene, "root").await;
    let answer = scene
        .anna
        .get(&elsewhere)
        .query("cursor", &cursor)
        .send()
        .await;
    answer.problem(400, "invalid_cursor");
    for garbage in ["", "x", "AAAA", "!", &"A".repeat(4_000)] {
        let call = scene
            .anna
            .get(&scene.folder_path("root"))
            .query("cursor", garbage);
        call.send().await.problem(400, "invalid_cursor");
    }
}

// it is the same account at the same server, and yet another list.
#[tokio::test]
async fn a_cursor_of_another_user_is_none() {
    let scene = Scene::start().await;
    let cursor = cursor_of(&scene, "root").await;
    let eve = scene.server.regular("eve@example.org").await;
    let own = connect(&eve, &account(&scene.sandbox.webdav())).await;
    let own = format!("/api/cloud/connections/{own}/folders/root");
    for (path, status, code) in [
        (&*own, 400, "invalid_cursor"),
        (BY_PROVIDER, 400, "invalid_cursor"),
        (&scene.folder_path("root"), 404, "not_found"),
    ] {
        let answer = eve.get(path).query("cursor", &cursor).send().await;
        answer.problem(status, code);
    }
    let root = scene.folder_path("root");
    let call = scene.anna.get(&root).query("cursor", &cursor);
    let rest = call.send().await.expect(200).json();
    let names = ["Odd names", "Photos", "Reports", "Welcome.txt"];
    assert_eq!(column(&rest, "name"), names, "it leads on for whose it is");
}

#[tokio::test]
async fn a_cursor_expires_with_the_reading_it_was_cut_from() {
    let scene = Scene::start().await;
    let cursor = cursor_of(&scene, "root").await;
    scene.witness().write("Another.txt", "another").await;
    let root = scene.folder_path("root");
    scene
        .anna
        .get(&root)
        .query("fresh", "true")
        .send()
        .await
        .expect(200);
    let answer = scene.anna.get(&root).query("cursor", &cursor).send().await;
    answer.problem(410, "cursor_expired");
}

// I-01, I-03
#[tokio::test]
async fn a_query_of_the_wrong_shape_is_refused() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    for limit in ["1", "1000"] {
        scene
            .anna
            .get(&root)
            .query("limit", limit)
            .send()
            .await
            .expect(200);
    }
    for query in [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=abc",
        "limit=",
        "limit=1.5",
        "limit=99999999999999999999",
        "limit=1&limit=2",
        "fresh=yes",
        "fresh=",
        "fresh=true&fresh=true",
        "unknown=1",
        "connection_id=01900000-0000-7000-8000-000000000000",
    ] {
        let answer = scene.anna.get(&format!("{root}?{query}")).send().await;
        assert_eq!(answer.status, 400, "{query}");
        let problem = answer.problem(400, "invalid_request");
        let name = query.split('=').next().unwrap();
        assert_eq!(problem["field"], name, "{query}");
    }
}

//! Listings after changes: what Wharf changed itself shows at once, and what it did not change is
//! answered from the cache.

use serde_json::{Value, json};

use super::{stored, upload};
use crate::support::client::Call;
use crate::support::scene::{Scene, column, text};

/// The names at the top, as they are listed without asking for fresh ones.
async fn names(scene: &Scene) -> Vec<String> {
    column(&scene.listing("root").await, "name")
}

/// A change shows in a listing that was cached before it.
async fn shows(scene: &Scene, change: Call, status: u16, expected: &[&str]) -> Value {
    names(scene).await;
    let asked = scene.asked("PROPFIND");
    names(scene).await;
    assert_eq!(scene.asked("PROPFIND"), asked, "the cache answers");
    let answer = change.send().await.expect(status);
    let mut listed = names(scene).await;
    listed.retain(|name| !["Empty", "Odd names", "Photos", "Reports"].contains(&name.as_str()));
    listed.sort();
    assert_eq!(listed, expected);
    if answer.body.is_empty() {
        Value::Null
    } else {
        answer.json()
    }
}

#[tokio::test]
async fn every_change_of_ours_shows_at_once() {
    let scene = Scene::start().await;
    let new = upload(&scene, "root", "new.txt").body("text/plain", "new");
    let item = shows(&scene, new, 201, &["Welcome.txt", "new.txt"]).await;
    let path = scene.item_path(&text(&item["id"]));

    let copy = scene.anna.post(&format!("{path}/copy"));
    let copy = copy.json(&json!({"name": "copy.txt"}));
    shows(&scene, copy, 201, &["Welcome.txt", "copy.txt", "new.txt"]).await;

    let rename = scene.anna.patch(&path).json(&json!({"name": "old.txt"}));
    let item = shows(&scene, rename, 200, &["Welcome.txt", "copy.txt", "old.txt"]).await;

    let path = scene.item_path(&text(&item["id"]));
    let away = json!({"parent_id": scene.id_of("Empty").await});
    let away = scene.anna.patch(&path).json(&away);
    shows(&scene, away, 200, &["Welcome.txt", "copy.txt"]).await;

    let copy = scene.item_path(&scene.id_of("copy.txt").await);
    let delete = scene.anna.delete(&copy);
    shows(&scene, delete, 200, &["Welcome.txt"]).await;

    let folder = scene
        .anna
        .post(&format!("{}/folders", scene.connection_path()));
    let folder = folder.json(&json!({"parent_id": "root", "name": "Made"}));
    shows(&scene, folder, 201, &["Made", "Welcome.txt"]).await;
}

#[tokio::test]
async fn a_new_content_shows_its_size_at_once() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    let size = async || {
        let page = scene.listing("root").await;
        let items = page["items"].as_array().unwrap().clone();
        let listed = items.iter().find(|item| item["name"] == "notes.txt");
        listed.unwrap()["size_bytes"].as_u64().unwrap()
    };
    assert_eq!(size().await, 3);
    let call = scene.anna.put(&super::content_path(&scene, &item));
    let call = call.header("If-Match", "*").body("text/plain", "newer");
    call.send().await.expect(200);
    assert_eq!(size().await, 5);
}

#[tokio::test]
async fn reading_forgets_nothing() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "notes").await;
    names(&scene).await;
    let path = super::content_path(&scene, &item);
    scene.anna.get(&path).send().await.expect(200);
    let asked = scene.asked("PROPFIND");
    names(&scene).await;
    assert_eq!(scene.asked("PROPFIND"), asked);
}

//! Odd names go in and come out byte for byte (I-02, H-01).

use serde_json::{Value, json};

use super::{content_path, upload};
use crate::support::scene::{Scene, column, text};

const ODD: [&str; 13] = [
    "\u{fc}bersicht gr\u{f6}\u{df}er.txt",
    "u\u{308}bersicht gro\u{308}\u{df}er.txt",
    "\u{1f6a2}\u{200d}\u{2693} \u{65e5}\u{672c}\u{8a9e}.txt",
    "100%.txt",
    "%41%2F%2e%2e.txt",
    "a+b c.txt",
    "#1 of #2?.txt",
    "what?really=no&so;on",
    "'single' \"double\" `tick`.txt",
    " spaces at both ends ",
    "<tag>&amp;]]>.xml",
    "back\\slash:colon*star|pipe",
    "...",
];

/// Names of the greatest length, of one byte and of several a letter.
fn long() -> [String; 2] {
    ["x".repeat(255), format!("{}x", "\u{fc}".repeat(127))]
}

fn all() -> Vec<String> {
    ODD.map(str::to_owned).into_iter().chain(long()).collect()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

/// A new folder at the top, and its id.
async fn folder(scene: &Scene, parent: &str, name: &str) -> String {
    let path = format!("{}/folders", scene.connection_path());
    let body = json!({"parent_id": parent, "name": name});
    let made = scene.anna.post(&path).json(&body).send().await;
    let made = made.expect(201).json();
    assert_eq!(made["name"], name);
    text(&made["id"])
}

#[tokio::test]
async fn of_files() {
    let scene = Scene::start().await;
    let folder = folder(&scene, "root", "Names").await;
    for name in all() {
        let call = upload(&scene, &folder, &name).body("text/plain", name.clone());
        let item = call.send().await.expect(201).json();
        assert_eq!(item["name"], *name);
        let call = scene.anna.get(&content_path(&scene, &item));
        let answer = call.send().await.expect(200);
        assert_eq!(answer.text(), name);
        let disposition = answer.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment; filename=\""), "{name}");
        let witnessed = scene.witness().read(&format!("Names/{name}")).await;
        assert_eq!(witnessed.expect(200).text(), name);
    }
    let listed = column(&scene.listing(&folder).await, "name");
    assert_eq!(sorted(listed), sorted(all()));
}

#[tokio::test]
async fn of_folders() {
    let scene = Scene::start().await;
    let top = folder(&scene, "root", "Names").await;
    for name in all() {
        let id = folder(&scene, &top, &name).await;
        let call = upload(&scene, &id, &name).body("text/plain", "inside");
        call.send().await.expect(201);
        assert_eq!(column(&scene.listing(&id).await, "name"), [name]);
    }
    let listed = column(&scene.listing(&top).await, "name");
    assert_eq!(sorted(listed), sorted(all()));
}

#[tokio::test]
async fn of_items_that_are_renamed_and_copied() {
    let scene = Scene::start().await;
    let from = folder(&scene, "root", "Names").await;
    let copies = folder(&scene, "root", "Copies").await;
    let call = upload(&scene, &from, "plain.txt").body("text/plain", "content");
    let mut item: Value = call.send().await.expect(201).json();
    for name in all() {
        let path = super::path(&scene, &item);
        let call = scene.anna.patch(&path).json(&json!({"name": name}));
        item = call.send().await.expect(200).json();
        assert_eq!(item["name"], *name);
        let call = scene
            .anna
            .post(&format!("{}/copy", super::path(&scene, &item)));
        let copy = call.json(&json!({"parent_id": copies})).send().await;
        assert_eq!(copy.expect(201).json()["name"], *name);
    }
    let listed = column(&scene.listing(&copies).await, "name");
    assert_eq!(sorted(listed), sorted(all()));
    assert_eq!(column(&scene.listing(&from).await, "name").len(), 1);
}

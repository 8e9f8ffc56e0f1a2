//! Folders that are deleted while somebody lists them.

use serde_json::Value;

use super::{entry, list};
use crate::support::answer::Answer;
use crate::support::scene::{Scene, column, text};

/// How many files lie in the folder: enough for a listing to take a while.
const FILES: usize = 300;

/// How often the folder is listed while it goes.
const LISTINGS: usize = 20;

/// Makes a folder that holds many files; its id.
async fn crowded(scene: &Scene, name: &str) -> String {
    let witness = scene.witness();
    witness.make_folder(name).await;
    for number in 0..FILES {
        witness.write(&format!("{name}/{number:03}.txt"), "…").await;
    }
    let root = scene.anna.get(&scene.folder_path("root"));
    let root = root.query("fresh", "true").send().await.expect(200).json();
    text(&entry(&root, name)["id"])
}

async fn page(scene: &Scene, folder: &str, parameters: &[(&str, &str)]) -> Answer {
    let call = scene.anna.get(&scene.folder_path(folder));
    let parameters = parameters.iter();
    let call = parameters.fold(call, |call, (name, value)| call.query(name, value));
    call.send().await
}

// Pages are cut from one reading, so what was begun can be read to its end; whoever asks the storage
// is told.
#[tokio::test]
async fn between_two_pages() {
    let scene = Scene::start().await;
    let folder = crowded(&scene, "Crowd").await;
    let first = page(&scene, &folder, &[("limit", "200")]).await;
    let first = first.expect(200).json();
    let cursor = text(&first["next_cursor"]);
    scene.witness().delete("Crowd").await;

    let second = page(&scene, &folder, &[("cursor", &cursor)]).await;
    let second = second.expect(200).json();
    assert_eq!(second["next_cursor"], Value::Null);
    let names = [column(&first, "name"), column(&second, "name")].concat();
    assert_eq!(names.len(), FILES);

    let fresh = [("cursor", &*cursor), ("fresh", "true")];
    let answer = page(&scene, &folder, &fresh).await;
    answer.problem(404, "item_not_found");
    let root = page(&scene, "root", &[("fresh", "true")]).await;
    let names = column(&root.expect(200).json(), "name");
    assert!(!names.contains(&"Crowd".to_owned()), "{names:?}");
}

// What the storage still had when it was asked is listed, or the folder is gone: nothing in between is
// an error of ours, and none of it is remembered.
#[tokio::test]
async fn while_its_storage_lists_it() {
    let scene = Scene::start().await;
    let folder = crowded(&scene, "Crowd").await;
    let listing = async {
        for _ in 0..LISTINGS {
            let answer = page(&scene, &folder, &[("fresh", "true")]).await;
            match answer.status {
                200 => assert!(column(&answer.json(), "name").len() <= FILES),
                status => drop(answer.problem(status, "item_not_found")),
            }
        }
    };
    let witness = scene.witness();
    futures_util::join!(listing, witness.delete("Crowd"));
    let gone = page(&scene, &folder, &[("fresh", "true")]).await;
    gone.problem(404, "item_not_found");
    let names = column(&list(&scene, "root").await, "name");
    assert!(names.contains(&"Welcome.txt".to_owned()), "{names:?}");
}

//! Uploads that end before their end: nothing becomes visible, nothing is left behind, and what was
//! there stays.

use super::{content_path, stored, upload};
use crate::support::client::Call;
use crate::support::content::{self, bytes};
use crate::support::patience;
use crate::support::scene::Scene;

const MEBIBYTE: usize = 1024 * 1024;

/// Begins an upload and hangs up when it has reached the storage.
async fn hang_up(scene: &Scene, call: Call) {
    let before = scene.witness().paths_in("").await;
    let call = call.body("text/plain", content::stalling(bytes(1, MEBIBYTE)));
    let upload = tokio::spawn(call.try_stream());
    let has_begun = async || scene.witness().paths_in("").await != before;
    patience::until("the upload has begun", has_begun).await;
    upload.abort();
    let is_gone = async || scene.witness().paths_in("").await == before;
    patience::until("nothing is left behind", is_gone).await;
}

#[tokio::test]
async fn of_a_new_file() {
    let scene = Scene::start().await;
    hang_up(&scene, upload(&scene, "root", "notes.txt")).await;
    scene.witness().read("notes.txt").await.expect(404);
}

#[tokio::test]
async fn of_a_new_content() {
    let scene = Scene::start().await;
    let item = stored(&scene, "notes.txt", "old").await;
    let call = scene.anna.put(&content_path(&scene, &item));
    hang_up(&scene, call.header("If-Match", "*")).await;
    let kept = scene.witness().read("notes.txt").await.expect(200);
    assert_eq!(kept.text(), "old");
}

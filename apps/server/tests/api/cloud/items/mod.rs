//! `/api/cloud/connections/{id}/items` and the uploads into its folders.

mod conditions;
mod content;
mod copy;
mod cut_short;
mod delete;
mod forgets;
mod metadata;
mod names;
mod relocate;
mod replace;
mod slow_reader;
mod upload;
mod without_etags;

use serde_json::Value;

use crate::support::client::Call;
use crate::support::scene::{Scene, text};

/// The upload of a new file.
fn upload(scene: &Scene, folder: &str, name: &str) -> Call {
    let path = format!("{}/items", scene.folder_path(folder));
    scene.anna.put(&path).query("name", name)
}

/// A new file at the top.
async fn stored(scene: &Scene, name: &str, content: impl Into<reqwest::Body>) -> Value {
    let call = upload(scene, "root", name).body("text/plain", content);
    call.send().await.expect(201).json()
}

fn path(scene: &Scene, item: &Value) -> String {
    scene.item_path(&text(&item["id"]))
}

fn content_path(scene: &Scene, item: &Value) -> String {
    format!("{}/content", path(scene, item))
}

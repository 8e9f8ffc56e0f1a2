//! `GET /api/cloud/connections/{id}/folders/{folder_id}` and `GET /api/cloud/folders/{provider}/{folder_id}`.

mod by_provider;
mod cached;
mod create;
mod listed;
mod outage;
mod pages;
mod redis;
mod refused;
mod shared;
mod sorted;
mod vanishing;

use serde_json::Value;

use crate::support::scene::Scene;

const BY_PROVIDER: &str = "/api/cloud/folders/webdav/root";

async fn list(scene: &Scene, folder: &str) -> Value {
    scene
        .anna
        .get(&scene.folder_path(folder))
        .send()
        .await
        .expect(200)
        .json()
}

/// The entry with this name.
#[track_caller]
fn entry<'a>(page: &'a Value, name: &str) -> &'a Value {
    let items = page["items"].as_array().unwrap();
    items.iter().find(|item| item["name"] == name).unwrap()
}

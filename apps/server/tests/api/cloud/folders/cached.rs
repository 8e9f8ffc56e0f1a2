//! Which listings are answered without asking the storage.

use super::{BY_PROVIDER, entry, list};
use crate::support::scene::{Scene, try_connect};
use crate::support::storage::account;

#[tokio::test]
async fn a_listing_is_cached_until_somebody_wants_it_fresh() {
    let scene = Scene::start().await;
    let root = scene.folder_path("root");
    let first = list(&scene, "root").await;
    let asked = scene.sandbox.requests().len();
    assert_eq!(list(&scene, "root").await, first);
    let by_provider = scene.anna.get(BY_PROVIDER).send().await.expect(200).json();
    assert_eq!(by_provider, first);
    let stale = scene
        .anna
        .get(&root)
        .query("fresh", "false")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(stale, first);
    assert_eq!(scene.sandbox.requests().len(), asked, "the cache answers");

    scene.witness().write("New.txt", "new").await;
    let asked = scene.asked("PROPFIND");
    let fresh = scene
        .anna
        .get(&root)
        .query("fresh", "true")
        .send()
        .await
        .expect(200)
        .json();
    assert!(scene.asked("PROPFIND") > asked);
    entry(&fresh, "New.txt");
    // What was read afresh is what the cache knows from now on.
    assert_eq!(list(&scene, "root").await, fresh);
}

#[tokio::test]
async fn nothing_is_listed_from_the_cache_for_whoever_left() {
    let scene = Scene::start().await;
    list(&scene, "root").await;
    scene
        .anna
        .delete(&scene.connection_path())
        .send()
        .await
        .expect(200);
    scene
        .anna
        .get(&scene.folder_path("root"))
        .send()
        .await
        .problem(404, "not_found");
    try_connect(&scene.anna, &account(&scene.sandbox.webdav()))
        .await
        .expect(200);
    list(&scene, "root").await;
}

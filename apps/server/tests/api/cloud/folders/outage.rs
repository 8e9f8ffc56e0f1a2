//! A Redis that goes away while the server runs, and comes back.

use futures_util::future::join_all;

use super::{entry, list};
use crate::support::patience;
use crate::support::redis::Redis;
use crate::support::scene::{Scene, column, document_path};
use crate::support::server::Server;

/// Anna's listings are answered from this Redis.
async fn with_redis() -> (Scene, Redis) {
    let redis = Redis::start().await;
    let scene = Scene::at(Server::caching_in(&redis.url()).await).await;
    assert!(is_cached(&scene).await);
    (scene, redis)
}

/// Whether the second of two listings is answered without asking the storage.
async fn is_cached(scene: &Scene) -> bool {
    let first = list(scene, "root").await;
    let asked = scene.asked("PROPFIND");
    assert_eq!(list(scene, "root").await, first);
    scene.asked("PROPFIND") == asked
}

#[tokio::test]
async fn nothing_but_the_cache_goes_with_redis() {
    let (scene, mut redis) = with_redis().await;
    redis.stop();
    // More at once than there are connections to Redis, all of them broken.
    let root = scene.folder_path("root");
    let answers = join_all((0..64).map(|_| scene.anna.get(&root).send())).await;
    for answer in answers {
        answer.expect(200);
    }
    assert!(!is_cached(&scene).await, "each listing is a new one");

    let document = scene.store("report.pdf", b"report").await;
    let content = format!("{}/content", document_path(&document));
    let read = scene.anna.get(&content).send().await.expect(200);
    assert_eq!(read.text(), "report");
    entry(&list(&scene, "root").await, "Wharf");
    for path in ["/readyz", "/healthz", "/api/users/me", "/api/documents"] {
        scene.anna.get(path).send().await.expect(200);
    }
    let check = format!("{}/check", scene.connection_path());
    scene.anna.post(&check).send().await.expect(200);
}

#[tokio::test]
async fn a_redis_that_comes_back_is_used_again_and_tells_nothing_old() {
    let (scene, mut redis) = with_redis().await;
    redis.stop();
    scene.store("report.pdf", b"report").await;
    redis.resume().await;
    patience::until("the cache is used again", async || is_cached(&scene).await).await;
    entry(&list(&scene, "root").await, "Wharf");

    // And again: a change is seen through the cache that came back.
    let folder = scene.id_of("Wharf").await;
    let documents = list(&scene, &folder).await;
    assert_eq!(column(&documents, "name"), ["report.pdf"]);
    scene.store("second.pdf", b"second").await;
    let documents = list(&scene, &folder).await;
    assert_eq!(column(&documents, "name"), ["report.pdf", "second.pdf"]);
}

#[tokio::test]
async fn whoever_disconnects_in_an_outage_stays_disconnected() {
    let (scene, mut redis) = with_redis().await;
    redis.stop();
    let left = scene.anna.delete(&scene.connection_path()).send().await;
    left.expect(200);
    let root = scene.folder_path("root");
    let answer = scene.anna.get(&root).send().await;
    answer.problem(404, "not_found");
    redis.resume().await;
    let answer = scene.anna.get(&root).send().await;
    answer.problem(404, "not_found");
}

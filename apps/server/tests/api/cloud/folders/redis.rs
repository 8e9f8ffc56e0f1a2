//! Listings that are cached in Redis, and a Redis that is not there.

use std::net::TcpListener;

use super::{entry, list};
use crate::support::environment;
use crate::support::postgres::Database;
use crate::support::scene::Scene;
use crate::support::server::Server;

#[tokio::test]
async fn a_listing_is_cached_in_redis_until_it_changes() {
    let scene = Scene::at(Server::caching_in(&environment::redis_url()).await).await;
    let first = list(&scene, "root").await;
    let asked = scene.asked("PROPFIND");
    assert_eq!(list(&scene, "root").await, first);
    assert_eq!(scene.asked("PROPFIND"), asked, "the cache answers");

    scene.store("report.pdf", b"report").await;
    entry(&list(&scene, "root").await, "Wharf");
    let left = scene.anna.delete(&scene.connection_path()).send().await;
    left.expect(200);
    let answer = scene.anna.get(&scene.folder_path("root")).send().await;
    answer.problem(404, "not_found");
}

//
#[tokio::test]
async fn without_redis_everything_is_read_and_the_server_is_ready() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let scene = Scene::at(Server::caching_in(&format!("redis://{address}")).await).await;
    let first = list(&scene, "root").await;
    let asked = scene.asked("PROPFIND");
    assert_eq!(list(&scene, "root").await, first);
    assert!(scene.asked("PROPFIND") > asked);
    scene.anna.get("/readyz").send().await.expect(200);
}

#[tokio::test]
async fn a_cached_listing_reads_no_connection() {
    let database = Database::fresh().await;
    let scene = Scene::at(Server::on(&database).await).await;
    let known = list(&scene, "root").await;
    database
        .column("ALTER TABLE connections RENAME TO away")
        .await;
    assert_eq!(list(&scene, "root").await, known);
    let root = scene.folder_path("root");
    let fresh = scene.anna.get(&root).query("fresh", "true").send().await;
    assert_eq!(fresh.status / 100, 5, "only the cache knows it");

    // Nobody else finds it.
    let eve = scene.server.regular("eve@example.org").await;
    let answer = eve.get(&root).send().await;
    assert_eq!(answer.status / 100, 5);
}

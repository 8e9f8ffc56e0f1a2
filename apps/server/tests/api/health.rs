//! `/healthz`, `/readyz` and `/openapi.json`.

use serde_json::json;

use crate::support::postgres::Database;
use crate::support::process::{self, Process};
use crate::support::server::Server;

#[tokio::test]
async fn a_sound_server_is_healthy_and_ready() {
    let server = Server::start().await;
    let nobody = server.client();
    let health = nobody.get("/healthz").send().await.expect(200).json();
    assert_eq!(health, json!({"status": "ok"}));
    let readiness = nobody.get("/readyz").send().await.expect(200).json();
    assert_eq!(readiness, json!({"status": "ready"}));
}

#[tokio::test]
async fn without_its_database_a_server_is_healthy_and_not_ready() {
    let database = Database::fresh().await;
    let server = Server::on(&database).await;
    let anna = server.regular("anna@example.org").await;
    anna.get("/readyz").send().await.expect(200);
    database.drop_by_force().await;
    anna.get("/healthz").send().await.expect(200);
    anna.get("/readyz").send().await.problem(503, "not_ready");
    anna.get("/api/users/me")
        .send()
        .await
        .problem(503, "database_unavailable");
}

#[tokio::test]
async fn the_description_is_served() {
    let server = Server::start().await;
    let description = server
        .client()
        .get("/openapi.json")
        .send()
        .await
        .expect(200)
        .json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
}

/// It is the same process that was started, which has begun again with it. Its environment is nobody else's to
/// read, so its log tells.
#[tokio::test]
async fn the_program_has_freed_memory_given_back_at_once() {
    let process = Process::start().await;
    let log = process::log(process.folder());
    assert!(log.contains("purge_delay=Some(\"0\")"), "{log}");
}

// M-01
#[tokio::test]
async fn the_program_leaves_no_core_dump() {
    let process = Process::start().await;
    let limits = process.limits();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let core: Vec<_> = core.unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"], "{limits}");
}

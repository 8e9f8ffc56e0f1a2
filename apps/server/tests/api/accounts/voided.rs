//! what a change takes away is void on every replica within five seconds.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{change, id_of};
use crate::support::client::Client;
use crate::support::postgres::Database;
use crate::support::server::Server;

const WITHIN: Duration = Duration::from_secs(5);

/// Two servers on one database, with the same keys.
async fn replicas(database: &Database) -> [Server; 2] {
    let first = Server::on(database).await;
    let keyring = first.data_dir().join("keyring.json");
    let second = Server::with(|settings| settings.database(&database.url).keyring(&keyring)).await;
    [first, second]
}

/// Asks until the answer has this status; fails if it takes longer than it may.
async fn becomes(who: &Client, path: &str, status: u16) {
    let began = Instant::now();
    loop {
        let answer = who.get(path).send().await;
        if answer.status == status {
            return;
        }
        assert!(
            began.elapsed() < WITHIN,
            "{path} still answers {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn a_demotion_is_known_to_every_replica() {
    let database = Database::fresh().await;
    let [here, there] = replicas(&database).await;
    let root = here.admin("root@example.org").await;
    let second = here.admin("second@example.org").await;
    let id = id_of(&second).await;
    let elsewhere = there.client().with_token(second.token());
    elsewhere.get("/api/admin/users").send().await.expect(200);

    change(&root, &id, json!({"role": "regular"}))
        .await
        .expect(200);

    // Where it was done it counts at once.
    second
        .get("/api/admin/users")
        .send()
        .await
        .problem(401, "token_invalid");
    becomes(&elsewhere, "/api/admin/users", 401).await;
    let token = here
        .client()
        .login("second@example.org", crate::support::server::PASSWORD)
        .await;
    let regular = here.client().with_token(&token);
    regular
        .get("/api/admin/users")
        .send()
        .await
        .problem(403, "role_not_allowed");
    regular.get("/api/documents").send().await.expect(200);
}

#[tokio::test]
async fn a_new_password_and_being_switched_off_end_all_sessions() {
    let database = Database::fresh().await;
    let [here, there] = replicas(&database).await;
    let root = here.admin("root@example.org").await;
    for patch in [
        json!({"password": "another password"}),
        json!({"disabled": true}),
    ] {
        let email = format!("user{}@example.org", patch.to_string().len());
        let anna = here.regular(&email).await;
        let pass = here
            .client()
            .begin_session(&email, crate::support::server::PASSWORD)
            .await;
        let elsewhere = there.client().with_token(anna.token());
        elsewhere.get("/api/documents").send().await.expect(200);

        change(&root, &id_of(&anna).await, patch).await.expect(200);

        anna.get("/api/documents")
            .send()
            .await
            .problem(401, "token_invalid");
        becomes(&elsewhere, "/api/documents", 401).await;
        let refreshed = there.client().refresh(&pass.refresh_token).await;
        refreshed.problem(401, "session_ended");
    }
}

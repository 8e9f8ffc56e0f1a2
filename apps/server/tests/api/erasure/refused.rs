//! Deletions that are refused change nothing, and a request that is sent twice is done once.

use futures_util::future::join;

use super::scene::{admin, delete, ended, log_in};
use crate::accounts::id_of;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::postgres::Database;
use crate::support::process::{Process, create_user};
use crate::support::server::{PASSWORD, Server};

const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

async fn with_key(admin: &Client, user: &str, key: &str) -> Answer {
    let call = admin.delete(&format!("/api/admin/users/{user}"));
    call.header("Idempotency-Key", key).send().await
}

#[tokio::test]
async fn nobody_deletes_themselves_or_what_is_not_there() {
    let server = Server::start().await;
    let root = server.admin("root@example.org").await;
    let anna = server.regular("anna@example.org").await;
    delete(&root, &id_of(&root).await)
        .await
        .problem(409, "own_account");
    delete(&root, UNKNOWN).await.problem(404, "not_found");
    delete(&root, "anna").await.problem(404, "not_found");
    root.get(&format!("/api/admin/erasures/{UNKNOWN}"))
        .send()
        .await
        .problem(404, "not_found");
    delete(&anna, UNKNOWN)
        .await
        .problem(403, "role_not_allowed");
    // All are there.
    for who in [&root, &anna] {
        who.get("/api/users/me").send().await.expect(200);
    }
}

// A-11: of two admins who delete each other one is left.
#[tokio::test]
async fn somebody_is_left_who_manages_accounts() {
    let server = Server::start().await;
    for round in 0..3 {
        let ada = server.admin(&format!("ada{round}@example.org")).await;
        let eve = server.admin(&format!("eve{round}@example.org")).await;
        let (ada_id, eve_id) = (id_of(&ada).await, id_of(&eve).await);
        // Whoever was there before is not in the way.
        if round > 0 {
            let list = ada.get("/api/admin/users").send().await.expect(200).json();
            for other in list["items"].as_array().unwrap() {
                let id = other["id"].as_str().unwrap();
                if id != ada_id && id != eve_id {
                    delete(&ada, id).await.expect(202);
                }
            }
        }
        let (one, other) = join(delete(&ada, &eve_id), delete(&eve, &ada_id)).await;
        let statuses = [one.status, other.status];
        assert!(statuses.contains(&202), "{statuses:?}");
        let list = server.client();
        let left = if one.status == 202 { &ada } else { &eve };
        let list = list
            .with_token(left.token())
            .get("/api/admin/users")
            .send()
            .await;
        let admins = list.expect(200).json()["items"].as_array().unwrap().len();
        assert_eq!(admins, 1, "{statuses:?}");
    }
}

// A-11; RFC 9470, section 3.
#[tokio::test]
async fn what_cannot_be_undone_needs_a_log_in_of_a_moment_ago() {
    let database = Database::fresh().await;
    let server = Server::on(&database).await;
    let root = server.admin("root@example.org").await;
    let anna = id_of(&server.regular("anna@example.org").await).await;
    let age = "UPDATE sessions SET started_at = started_at - interval '5 minutes 1 second' RETURNING id::text";
    assert_eq!(database.column(age).await.len(), 2);
    // Until then it is remembered who she was a moment ago.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;

    let refused = delete(&root, &anna).await;
    let challenge = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
    assert_eq!(refused.header("www-authenticate"), Some(challenge));
    refused.problem(401, "recent_login_required");
    // Everything else goes on as it was.
    root.get(&format!("/api/admin/users/{anna}"))
        .send()
        .await
        .expect(200);
    let again = root.login("root@example.org", PASSWORD).await;
    delete(&root.with_token(&again), &anna).await.expect(202);
}

// R-13
#[tokio::test]
async fn a_request_that_is_sent_twice_is_done_once() {
    let database = Database::fresh().await;
    let process = Process::with(|settings| settings.database(&database.url)).await;
    let root = admin(&process).await;
    let anna = id_of(&process.regular("anna@example.org", PASSWORD).await).await;
    let ben = id_of(&process.regular("ben@example.org", PASSWORD).await).await;

    let (one, other) = join(
        with_key(&root, &anna, "\"key-1\""),
        with_key(&root, &anna, "key-1"),
    )
    .await;
    let (one, other) = (one.expect(202), other.expect(202));
    assert_eq!(one.text(), other.text());
    assert_eq!(one.header("location"), other.header("location"));
    ended(&root, one.header("location").unwrap()).await;
    // Also when it is all over, and after a restart.
    let mut process = process;
    process.kill_and_restart().await;
    let again = with_key(&root, &anna, "key-1").await.expect(202);
    assert_eq!(again.text(), one.text());
    assert_eq!(again.header("location"), one.header("location"));
    with_key(&root, &anna, "key-2")
        .await
        .problem(404, "not_found");

    // It was for something else.
    with_key(&root, &ben, "key-1")
        .await
        .problem(422, "idempotency_key_reused");
    let long = "k".repeat(256);
    for bad in ["", "\"", "a b", "\"a\\\"", &long] {
        let problem = with_key(&root, &ben, bad)
            .await
            .problem(400, "invalid_request");
        assert_eq!(problem["field"], "Idempotency-Key", "{bad}");
    }
    let call = root.delete(&format!("/api/admin/users/{ben}"));
    let twice = call
        .header("Idempotency-Key", "a")
        .header("Idempotency-Key", "b");
    twice.send().await.problem(400, "invalid_request");

    // Another admin's key is another key.
    let output = process.command(&create_user("eve@example.org", "admin"), PASSWORD);
    assert!(output.status.success(), "{output:?}");
    let eve = log_in(&process, "eve@example.org").await;
    with_key(&eve, &ben, "key-1").await.expect(202);
    let keys = database
        .column("SELECT t::text FROM answered_requests t")
        .await
        .join("\n");
    assert!(!keys.contains("key-1"), "{keys}");
}

// The same deletion by another replica at the same time.
#[tokio::test]
async fn two_replicas_delete_an_account_once() {
    let database = Database::fresh().await;
    let one = Process::with(|settings| settings.database(&database.url)).await;
    let keyring = one.keyring();
    let other = Process::with(|settings| settings.database(&database.url).keyring(&keyring)).await;
    let root = admin(&one).await;
    let root_there = log_in(&other, "root@example.org").await;
    for number in 0..5 {
        let anna = one
            .regular(&format!("anna{number}@example.org"), PASSWORD)
            .await;
        let anna = id_of(&anna).await;
        let (here, there) = join(delete(&root, &anna), delete(&root_there, &anna)).await;
        let mut ids = Vec::new();
        for answer in [here, there] {
            if answer.status == 404 {
                // It was over before it was asked for.
                answer.problem(404, "not_found");
            } else {
                ids.push(answer.expect(202).json()["erasure_id"].clone());
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        let path = format!("/api/admin/erasures/{}", ids[0].as_str().unwrap());
        assert_eq!(ended(&root_there, &path).await["state"], "complete");
    }
    let mut events = database.events("action", "user.%").await;
    events.retain(|action| action != "user.created");
    events.sort();
    assert_eq!(events, [["user.deleted"; 5], ["user.erased"; 5]].concat());
}

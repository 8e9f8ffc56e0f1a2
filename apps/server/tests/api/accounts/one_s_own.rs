//! One's own password and sessions.

use serde_json::json;

use super::log_in;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::scene::column;
use crate::support::server::{PASSWORD, Server};

const EMAIL: &str = "anna@example.org";
const NEW: &str = "another good password";

async fn change_password(who: &Client, current: &str, new: &str) -> Answer {
    let change = json!({"current_password": current, "new_password": new});
    who.put("/api/users/me/password").json(&change).send().await
}

// of all sessions the one goes on that asked.
#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let server = Server::start().await;
    let other = server.regular(EMAIL).await;
    let asking = server.client().begin_session(EMAIL, PASSWORD).await;
    let anna = server.client().with_token(&asking.access_token);
    change_password(&anna, PASSWORD, NEW).await.expect(204);

    other
        .get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");
    anna.get("/api/users/me").send().await.expect(200);
    server
        .client()
        .refresh(&asking.refresh_token)
        .await
        .expect(200);
    log_in(&server.client(), EMAIL, PASSWORD)
        .await
        .problem(401, "wrong_login");
    log_in(&server.client(), EMAIL, NEW).await.expect(200);
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing_and_is_counted() {
    let server = Server::start().await;
    let anna = server.regular(EMAIL).await;
    for new in ["shorty7", &"p".repeat(1_025)] {
        let problem = change_password(&anna, PASSWORD, new).await;
        problem.problem(400, "invalid_request");
    }
    for _ in 0..20 {
        let refused = change_password(&anna, "a wrong password", NEW).await;
        refused.problem(403, "wrong_password");
    }
    let refused = change_password(&anna, PASSWORD, NEW).await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(429, "too_many_attempts");
    // It is the same password that is guessed.
    log_in(&server.client(), EMAIL, PASSWORD)
        .await
        .problem(429, "too_many_attempts");
    anna.get("/api/users/me").send().await.expect(200);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let server = Server::start().await;
    let anna = server.regular(EMAIL).await;
    let phone = server.client().begin_session(EMAIL, PASSWORD).await;
    let phone = server.client().with_token(&phone.access_token);
    let ben = server.regular("ben@example.org").await;

    let sessions = phone
        .get("/api/users/me/sessions")
        .send()
        .await
        .expect(200)
        .json();
    let ids = column(&sessions, "id");
    assert_eq!(ids.len(), 2);
    // Newest first.
    assert_eq!(sessions["items"][0]["current"], true);
    assert_eq!(sessions["items"][1]["current"], false);
    let members: Vec<_> = sessions["items"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["current", "ends_at", "id", "started_at"]);

    let path = |id: &str| format!("/api/users/me/sessions/{id}");
    ben.delete(&path(&ids[0]))
        .send()
        .await
        .problem(404, "not_found");
    anna.delete(&path(&ids[0])).send().await.expect(204);
    phone
        .get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");
    anna.delete(&path(&ids[0]))
        .send()
        .await
        .problem(404, "not_found");
    let left = anna
        .get("/api/users/me/sessions")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(column(&left, "id"), ids[1..]);
    // Ending one's own is a log-out.
    anna.delete(&path(&ids[1])).send().await.expect(204);
    anna.get("/api/users/me")
        .send()
        .await
        .problem(401, "token_invalid");
}

//! `POST /api/auth/logout`.

use serde_json::json;

use crate::support::answer::Answer;
use crate::support::client::{Client, Pass};
use crate::support::server::{PASSWORD, Server};

const EMAIL: &str = "anna@example.org";

async fn logout(client: &Client, refresh_token: &str) -> Answer {
    let body = json!({"refresh_token": refresh_token});
    client.post("/api/auth/logout").json(&body).send().await
}

#[tokio::test]
async fn a_logout_ends_the_session_at_once_and_no_other() {
    let server = Server::start().await;
    let other = server.regular(EMAIL).await;
    let anna = server.client();
    let pass = anna.begin_session(EMAIL, PASSWORD).await;

    let answer = logout(&anna, &pass.refresh_token).await.expect(204);
    assert!(answer.body.is_empty());
    assert_eq!(answer.header("set-cookie"), None);

    let me = anna.with_token(&pass.access_token).get("/api/users/me");
    me.send().await.problem(401, "token_invalid");
    let refreshed = anna.refresh(&pass.refresh_token).await;
    refreshed.problem(401, "session_ended");
    other.get("/api/users/me").send().await.expect(200);
}

#[tokio::test]
async fn a_used_up_token_of_the_session_ends_it_too() {
    let server = Server::start().await;
    server.regular(EMAIL).await;
    let anna = server.client();
    let first = anna.begin_session(EMAIL, PASSWORD).await;
    let second = Pass::of(&anna.refresh(&first.refresh_token).await.expect(200));

    logout(&anna, &first.refresh_token).await.expect(204);
    let refreshed = anna.refresh(&second.refresh_token).await;
    refreshed.problem(401, "session_ended");
}

// RFC 7009, section 2.2
#[tokio::test]
async fn a_logout_succeeds_where_nothing_is_left_to_end() {
    let server = Server::start().await;
    server.regular(EMAIL).await;
    let anna = server.client();
    let pass = anna.begin_session(EMAIL, PASSWORD).await;
    for token in ["", "nonsense", &pass.refresh_token, &pass.refresh_token] {
        logout(&anna, token).await.expect(204);
    }
    anna.post("/api/auth/logout").send().await.expect(204);
}

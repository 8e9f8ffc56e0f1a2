//! `POST /api/auth/refresh`: sessions that go on, and what ends them (RFC 9700, section 4.14.2).

use futures_util::future::join;
use serde_json::json;

use crate::support::client::{Client, Pass};
use crate::support::postgres::Database;
use crate::support::server::{PASSWORD, Server};

const EMAIL: &str = "anna@example.org";

/// A server with Anna's account; and Anna, not logged in.
async fn server_with_anna() -> (Server, Client) {
    let server = Server::start().await;
    server.regular(EMAIL).await;
    let anna = server.client();
    (server, anna)
}

/// Whether an access token opens anything.
async fn is_good(client: &Client, access_token: &str) -> bool {
    let me = client.with_token(access_token).get("/api/users/me");
    let answer = me.send().await;
    if answer.status != 200 {
        answer.problem(401, "token_invalid");
        return false;
    }
    true
}

async fn ended(client: &Client, refresh_token: &str) {
    let answer = client.refresh(refresh_token).await;
    answer.problem(401, "session_ended");
}

#[tokio::test]
async fn a_session_goes_on_with_every_refresh() {
    let (_server, anna) = server_with_anna().await;
    let mut pass = anna.begin_session(EMAIL, PASSWORD).await;
    let mut seen = vec![pass.refresh_token.clone()];
    for _ in 0..3 {
        let answer = anna.refresh(&pass.refresh_token).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.json()["token_type"], "Bearer");
        assert_eq!(answer.json()["expires_in"], 600);
        let next = Pass::of(&answer);
        // The earlier access token lives out its ten minutes.
        assert!(is_good(&anna, &pass.access_token).await);
        assert!(is_good(&anna, &next.access_token).await);
        assert!(!seen.contains(&next.refresh_token));
        seen.push(next.refresh_token.clone());
        pass = next;
    }
}

#[tokio::test]
async fn a_reused_refresh_token_ends_the_session() {
    let (_server, anna) = server_with_anna().await;
    let elsewhere = anna.begin_session(EMAIL, PASSWORD).await;
    let first = anna.begin_session(EMAIL, PASSWORD).await;
    let second = Pass::of(&anna.refresh(&first.refresh_token).await.expect(200));
    let third = Pass::of(&anna.refresh(&second.refresh_token).await.expect(200));

    ended(&anna, &first.refresh_token).await;

    ended(&anna, &third.refresh_token).await;
    for pass in [&first, &second, &third] {
        assert!(!is_good(&anna, &pass.access_token).await);
    }
    // Another session of the same person is none of its business.
    assert!(is_good(&anna, &elsewhere.access_token).await);
    anna.refresh(&elsewhere.refresh_token).await.expect(200);
}

#[tokio::test]
async fn of_two_refreshes_at_once_at_most_one_succeeds_and_the_session_ends_sqlite() {
    twice_at_once(&Server::start().await).await;
}

#[tokio::test]
async fn of_two_refreshes_at_once_at_most_one_succeeds_and_the_session_ends_postgresql() {
    twice_at_once(&Server::on(&Database::fresh().await).await).await;
}

async fn twice_at_once(server: &Server) {
    server.regular(EMAIL).await;
    let anna = server.client();
    for round in 0..10 {
        let pass = anna.begin_session(EMAIL, PASSWORD).await;
        let token = &pass.refresh_token;
        let (one, other) = join(anna.refresh(token), anna.refresh(token)).await;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401], "round {round}");

        let winner = if one.status == 200 { &one } else { &other };
        let winner = Pass::of(winner);
        ended(&anna, &winner.refresh_token).await;
        assert!(!is_good(&anna, &winner.access_token).await, "round {round}");
    }
}

// One code, one body: what is wrong with a token is not told.
#[tokio::test]
async fn whatever_carries_no_session_on_gets_the_same_answer() {
    let (_server, anna) = server_with_anna().await;
    let reused = anna.begin_session(EMAIL, PASSWORD).await.refresh_token;
    anna.refresh(&reused).await.expect(200);
    let live = anna.begin_session(EMAIL, PASSWORD).await;
    let forged = forged_from(&live.refresh_token);
    let mut answers = Vec::new();
    for token in [
        "",
        "nonsense",
        "ä",
        &live.access_token,
        &forged,
        &reused,
        &reused,
    ] {
        let answer = anna.refresh(token).await;
        answers.push(answer.masked());
        answer.problem(401, "session_ended");
    }
    let nothing = anna.post("/api/auth/refresh");
    answers.push(nothing.send().await.masked());
    let typed_nothing = anna.post("/api/auth/refresh").body("application/json", "");
    answers.push(typed_nothing.send().await.masked());
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    // Whoever merely knows a session's id cannot end it.
    anna.refresh(&live.refresh_token).await.expect(200);
}

/// A token of the same session with everything else guessed wrong: the first 22 letters hold the id.
fn forged_from(token: &str) -> String {
    let guessed: String = token.chars().skip(22).map(|_| 'A').collect();
    format!("{}{guessed}", &token[..22])
}

#[tokio::test]
async fn json_of_another_shape_is_refused() {
    let (_server, anna) = server_with_anna().await;
    for path in ["/api/auth/refresh", "/api/auth/logout"] {
        for body in [
            json!({}),
            json!({"refresh_token": 1}),
            json!({"token": "t"}),
        ] {
            let answer = anna.post(path).json(&body).send().await;
            answer.problem(400, "invalid_request");
        }
        let surplus = json!({"refresh_token": "t", "scope": "all"});
        let answer = anna.post(path).json(&surplus).send().await;
        answer.problem(400, "invalid_request");
        let text = anna.post(path).body("text/plain", "t").send().await;
        text.problem(415, "unsupported_media_type");
    }
}

// Time passes in the database, where both instants of a session stand.
#[tokio::test]
async fn a_session_that_was_left_alone_is_over() {
    let database = Database::fresh().await;
    let server = Server::on(&database).await;
    server.regular(EMAIL).await;
    let anna = server.client();
    let pass = anna.begin_session(EMAIL, PASSWORD).await;
    let days = "SELECT round(extract(epoch FROM ends_at - started_at) / 86400)::text FROM sessions";
    assert!(database.column(days).await.iter().all(|days| days == "7"));

    let older = "UPDATE sessions SET started_at = started_at - interval '7 days', \
                 ends_at = ends_at - interval '7 days' RETURNING id::text";
    assert!(!database.column(older).await.is_empty());

    assert!(!is_good(&anna, &pass.access_token).await);
    ended(&anna, &pass.refresh_token).await;
    // What has ended does not stay: one by its own refresh, the other by the next log-in.
    anna.login(EMAIL, PASSWORD).await;
    let left = database.column("SELECT count(*)::text FROM sessions").await;
    assert_eq!(left, ["1"]);
}

#[tokio::test]
async fn no_refresh_carries_a_session_beyond_thirty_days() {
    let database = Database::fresh().await;
    let server = Server::on(&database).await;
    server.regular(EMAIL).await;
    let anna = server.client();
    let pass = anna.begin_session(EMAIL, PASSWORD).await;
    let older =
        "UPDATE sessions SET started_at = started_at - interval '29 days' RETURNING id::text";
    database.column(older).await;
    anna.refresh(&pass.refresh_token).await.expect(200);

    let days = "SELECT (extract(epoch FROM ends_at - started_at) / 86400)::int::text AS days \
                FROM sessions ORDER BY days";
    // The other session is the one that the account's making left behind, merely moved.
    assert_eq!(database.column(days).await, ["30", "36"]);
}

//
#[tokio::test]
async fn a_new_session_epoch_ends_every_session() {
    let database = Database::fresh().await;
    let server = Server::on(&database).await;
    let ben = server.regular("ben@example.org").await;
    server.regular(EMAIL).await;
    let anna = server.client();
    let passes = [
        anna.begin_session(EMAIL, PASSWORD).await,
        anna.begin_session(EMAIL, PASSWORD).await,
    ];
    let bump = format!(
        "UPDATE users SET session_epoch = session_epoch + 1 WHERE email = '{EMAIL}' RETURNING email"
    );
    assert_eq!(database.column(&bump).await, [EMAIL]);

    for pass in &passes {
        assert!(!is_good(&anna, &pass.access_token).await);
        ended(&anna, &pass.refresh_token).await;
    }
    ben.get("/api/users/me").send().await.expect(200);
    let anew = anna.begin_session(EMAIL, PASSWORD).await;
    assert!(is_good(&anna, &anew.access_token).await);
}

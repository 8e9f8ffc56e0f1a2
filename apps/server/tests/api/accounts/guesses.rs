//! Nobody guesses a password by trying, and nobody learns by trying who has an account (E-02).

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{join, join_all};
use serde_json::json;

use super::{change, id_of, log_in};
use crate::support::client::Client;
use crate::support::redis::Redis;
use crate::support::server::{PASSWORD, Server};

/// As many as one may guess within a quarter of an hour.
const PER_ACCOUNT: usize = 20;

// E-02
#[tokio::test]
async fn whoever_guesses_too_often_waits_whether_the_account_exists_or_not() {
    let server = Server::start().await;
    server.regular("anna@example.org").await;
    let ben = server.regular("ben@example.org").await;
    let mut refusals = Vec::new();
    for email in ["anna@example.org", "nobody@example.org"] {
        let mut answers = Vec::new();
        for _ in 0..PER_ACCOUNT {
            answers.push(
                log_in(&server.client(), email, "a wrong password")
                    .await
                    .masked(),
            );
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        // Neither does knowing the password help, nor another spelling.
        for (email, password) in [
            (email.to_owned(), PASSWORD),
            (email.to_uppercase(), "a wrong password"),
        ] {
            let refused = log_in(&server.client(), &email, password).await;
            let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=901).contains(&wait), "{wait}");
            refusals.push(refused.problem(429, "too_many_attempts")["code"].clone());
        }
    }
    assert_eq!(refusals, vec!["too_many_attempts"; 4]);
    // Others are let alone, and so are sessions that have begun.
    log_in(&server.client(), "ben@example.org", PASSWORD)
        .await
        .expect(200);
    ben.get("/api/documents").send().await.expect(200);
}

#[tokio::test]
async fn being_quick_does_not_help() {
    let server = Server::start().await;
    server.regular("anna@example.org").await;
    let client = server.client();
    let guesses = (0..2 * PER_ACCOUNT).map(|_| log_in(&client, "anna@example.org", "wrong again"));
    let statuses: Vec<_> = join_all(guesses).await.iter().map(|it| it.status).collect();
    let wrong = statuses.iter().filter(|status| **status == 401).count();
    let stopped = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((wrong, stopped), (PER_ACCOUNT, PER_ACCOUNT), "{statuses:?}");
}

#[tokio::test]
async fn the_right_password_begins_anew() {
    let server = Server::start().await;
    server.regular("anna@example.org").await;
    for _ in 0..2 {
        for _ in 0..PER_ACCOUNT - 1 {
            let wrong = log_in(&server.client(), "anna@example.org", "a wrong password").await;
            wrong.problem(401, "wrong_login");
        }
        log_in(&server.client(), "anna@example.org", PASSWORD)
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn replicas_count_together() {
    let redis = Redis::start().await;
    let database = crate::support::postgres::Database::fresh().await;
    let at = async || {
        let (url, redis) = (&database.url, redis.url());
        Server::with(|settings| settings.database(url).redis(&redis)).await
    };
    let [one, two] = [at().await, at().await];
    for number in 0..PER_ACCOUNT {
        let server = if number.is_multiple_of(2) { &one } else { &two };
        let wrong = log_in(&server.client(), "anna@example.org", "a wrong password").await;
        wrong.problem(401, "wrong_login");
    }
    for server in [&one, &two] {
        let refused = log_in(&server.client(), "anna@example.org", "a wrong password").await;
        refused.problem(429, "too_many_attempts");
    }
}

// E-02: only whoever knows the password learns that an account is switched off.
#[tokio::test]
async fn an_account_that_is_off_lets_nobody_in() {
    let server = Server::start().await;
    let root = server.admin("root@example.org").await;
    let anna = server.regular("anna@example.org").await;
    let id = id_of(&anna).await;
    change(&root, &id, json!({"disabled": true}))
        .await
        .expect(200);
    let wrong = log_in(&server.client(), "anna@example.org", "a wrong password").await;
    wrong.problem(401, "wrong_login");
    let known = log_in(&server.client(), "anna@example.org", PASSWORD).await;
    known.problem(403, "account_disabled");
    anna.get("/api/documents")
        .send()
        .await
        .problem(401, "token_invalid");
    change(&root, &id, json!({"disabled": false}))
        .await
        .expect(200);
    log_in(&server.client(), "anna@example.org", PASSWORD)
        .await
        .expect(200);
}

// more log-ins than are hashed at once hold up nobody else, and all get their turn.
#[tokio::test]
async fn many_log_ins_at_once_hold_up_nobody_else() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    for number in 0..10 {
        server.regular(&format!("user{number}@example.org")).await;
    }
    let client = server.client();
    let log_ins_done = AtomicUsize::new(0);
    let log_ins = (0..60).map(async |number| {
        let email = format!("user{}@example.org", number % 10);
        let status = log_in(&client, &email, PASSWORD).await.status;
        log_ins_done.fetch_add(1, Ordering::SeqCst);
        status
    });
    let others = async {
        let mut statuses = Vec::new();
        for _ in 0..5 {
            statuses.push(anna.get("/api/documents").send().await.status);
        }
        (statuses, log_ins_done.load(Ordering::SeqCst))
    };
    let (log_ins, (others, done)) = join(join_all(log_ins), others).await;
    assert_eq!(log_ins, [200; 60]);
    assert_eq!(others, [200; 5]);
    assert!(done < 60, "who does not log in waited for all who do");
}

/// As many as may be guessed from an address within a quarter of an hour.
const PER_ADDRESS: usize = 200;

async fn log_in_from(client: &Client, addresses: &str, email: &str) -> u16 {
    let login = json!({"email": email, "password": "a wrong password"});
    let call = client.post("/api/auth/login").json(&login);
    call.header("X-Forwarded-For", addresses)
        .send()
        .await
        .status
}

#[tokio::test]
async fn an_address_is_counted_as_a_trusted_proxy_names_it() {
    let trusting = Server::with(|settings| settings.trusting_proxies("127.0.0.1/32")).await;
    let client = trusting.client();
    let guesses = (0..PER_ADDRESS).map(async |number| {
        // What a client writes itself stands before what the proxy appends.
        let addresses = format!("192.0.2.{}, 203.0.113.7", number % 250);
        log_in_from(&client, &addresses, &format!("user{number}@example.org")).await
    });
    let mut statuses = join_all(guesses).await;
    statuses.dedup();
    assert_eq!(statuses, [401]);
    let next = log_in_from(&client, "203.0.113.7", "next@example.org").await;
    assert_eq!(next, 429);
    let other = log_in_from(&client, "203.0.113.8", "next@example.org").await;
    assert_eq!(other, 401);
}

#[tokio::test]
async fn nobody_else_s_word_is_taken_for_an_address() {
    let server = Server::start().await;
    let client = server.client();
    let guesses = (0..PER_ADDRESS).map(async |number| {
        let address = format!("203.0.113.{}", number % 250);
        log_in_from(&client, &address, &format!("user{number}@example.org")).await
    });
    let mut statuses = join_all(guesses).await;
    statuses.dedup();
    assert_eq!(statuses, [401]);
    let next = log_in_from(&client, "198.51.100.1", "next@example.org").await;
    assert_eq!(next, 429);
}

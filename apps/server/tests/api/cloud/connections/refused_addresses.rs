//! Addresses that are not to be reached (S-02..S-06, S-12, E-03), at a server whose operator made no
//! exception. Which address falls under which rule is tested where the rules are; here it is what the
//! outside learns.

use serde_json::json;
use wharf_sandbox::Sandbox;

use super::connect::no_connection;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::scene::try_connect;
use crate::support::server::Server;

async fn entered(who: &Client, server_url: &str) -> Answer {
    let account = json!({
        "provider": "webdav",
        "server_url": server_url,
        "username": "anna",
        "password": "an upstream password",
    });
    try_connect(who, &account).await
}

// S-12, E-03
#[tokio::test]
async fn private_unknown_and_blocked_are_one_answer() {
    let server = Server::public_only().await;
    let anna = server.regular("anna@example.org").await;
    let reference = entered(&anna, "https://127.0.0.1/").await;
    for url in [
        "https://127.0.0.1:8443/",
        "https://10.0.0.1/dav/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "https://nas/",
        "https://nas.local/",
        "https://cloud.internal/",
        "https://no-such-host.invalid/",
        "https://wharf-test.example-nonexistent.com/",
    ] {
        let answer = entered(&anna, url).await;
        assert_eq!(answer.masked(), reference.masked(), "{url}");
    }
    reference.problem(422, "url_not_allowed");
    no_connection(&anna).await;
}

// S-12: what the typed text alone decides may be told.
#[tokio::test]
async fn what_was_typed_wrongly_is_told() {
    let server = Server::public_only().await;
    let anna = server.regular("anna@example.org").await;
    for (url, told) in [
        ("http://cloud.example.org/", "must begin with https://"),
        ("ftp://cloud.example.org/", "must begin with https://"),
        ("cloud.example.org", "must begin with https://"),
        ("", "must begin with https://"),
        ("https://cloud.example.org:22/", "the port is not allowed"),
        (
            "https://anna:canary@cloud.example.org/",
            "must not contain a user name or password",
        ),
        (
            "https://cloud.example.org/?path=/",
            "must not contain a query or fragment",
        ),
        (
            "https://cloud.example.org/#top",
            "must not contain a query or fragment",
        ),
        (
            "https://cloud.example.org\\@127.0.0.1/",
            "must not contain a backslash",
        ),
        ("https://0x7f.1/", "must be written as four decimal numbers"),
        (
            "https://010.0.0.1/",
            "must be written as four decimal numbers",
        ),
        (
            " https://cloud.example.org/",
            "must not begin or end with a space",
        ),
    ] {
        let problem = entered(&anna, url).await.problem(422, "url_not_allowed");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(told), "{url}: {detail}");
        assert!(!problem.to_string().contains("canary"));
    }
    no_connection(&anna).await;
}

// S-01, S-03: an exception is only for what it names.
#[tokio::test]
async fn nothing_reaches_loopback_without_the_operators_exception() {
    let server = Server::public_only().await;
    let anna = server.regular("anna@example.org").await;
    let sandbox = Sandbox::start();
    let url = sandbox.webdav().url;
    entered(&anna, &url).await.problem(422, "url_not_allowed");
    entered(&anna, &url.replace("http:", "https:"))
        .await
        .problem(422, "url_not_allowed");
    assert_eq!(sandbox.requests(), []);
}

//
#[tokio::test]
async fn a_refusal_never_shows_the_password() {
    let server = Server::public_only().await;
    let anna = server.regular("anna@example.org").await;
    for url in ["https://127.0.0.1/", "http://cloud.example.org/"] {
        let answer = entered(&anna, url).await;
        assert!(!answer.text().contains("an upstream password"));
    }
}

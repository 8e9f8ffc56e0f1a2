//! Addresses of the operator's settings beside those that users type, and clients of others on the
//! same guard.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::Connect;
use hyper_util::rt::TokioExecutor;
use wharf_egress::{Client, Exceptions, Options, Policy, Refusal, Trust};

use crate::support::{
    LOOPBACK, Script, Then, Trap, client, excepting, fetch, get, loopback_client, serve,
};

const DONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

fn scripted(policy: Policy, script: &Arc<Script>) -> Client {
    let lookup = Arc::clone(script) as _;
    client(
        policy,
        Options {
            lookup,
            ..Options::default()
        },
    )
}

#[tokio::test]
async fn an_operators_address_may_be_this_machine_without_any_exception() {
    let server = serve(LOOPBACK, DONE, Then::Hold).await;
    let url = format!("http://{server}/");
    let strict = client(Policy::new(Exceptions::default()), Options::default());
    let answer = fetch(&strict.trusting(Trust::Operator), &url).await;
    assert_eq!(answer.unwrap().status(), 200);
    for trust in [Trust::Typed, Trust::Issued] {
        let error = fetch(&strict.trusting(trust), &url).await.unwrap_err();
        assert_eq!(error.blocked(), Some((trust, "scheme")));
    }
}

// S-08: a connection that stands for an operator's address carries nobody else's request.
#[tokio::test]
async fn an_operators_connection_is_not_lent_to_users() {
    let server = serve(LOOPBACK, DONE, Then::Hold).await;
    let script = Script::of(&[&["127.0.0.1"], &["127.0.0.1"]]);
    let users = scripted(excepting(&[]), &script);
    let url = format!("http://identity.example.org:{}/", server.port());

    let answer = fetch(&users.trusting(Trust::Operator), &url).await.unwrap();
    assert_eq!(answer.collect_capped(4).await.unwrap(), "done");
    let refused = fetch(&users, &url).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(Refusal::Address));
    assert!(script.is_used_up(), "the user's request asked anew");
}

#[tokio::test]
async fn an_operators_name_that_is_unknown_is_told() {
    let operators = scripted(excepting(&[]), &Script::of(&[])).trusting(Trust::Operator);
    let error = fetch(&operators, "https://minio/").await.unwrap_err();
    assert_eq!(error.blocked(), Some((Trust::Operator, "resolve")));
}

/// What google-apis-common 8.0.0 asks of a connector, and beneath it the body of its client.
trait GoogleConnector: Connect + Clone + Send + Sync + 'static {}
impl<T: Connect + Clone + Send + Sync + 'static> GoogleConnector for T {}
type GoogleBody = BoxBody<Bytes, hyper::Error>;

fn google_client<C: GoogleConnector>(connector: C) -> legacy::Client<C, GoogleBody> {
    legacy::Client::builder(TokioExecutor::new()).build(connector)
}

fn google_get(url: &str) -> http::Request<GoogleBody> {
    let body = Empty::new().map_err(|never| match never {}).boxed();
    http::Request::get(url).body(body).unwrap()
}

// S-01
#[tokio::test]
async fn a_client_of_googles_form_is_under_the_same_guard() {
    let server = serve(LOOPBACK, DONE, Then::Hold).await;
    let allowed = google_client(loopback_client().connector());
    let answer = allowed.request(google_get(&format!("http://{server}/")));
    assert_eq!(answer.await.unwrap().status(), 200);

    let trap = Trap::default();
    let strict = google_client(client(excepting(&[]), Options::default()).connector());
    let url = format!("http://{}/", trap.address());
    assert!(strict.request(google_get(&url)).await.is_err());
    trap.assert_untouched();
}

// S-01: what is sent past the door arrives nowhere.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test does what must not be done"
)]
async fn the_client_that_builds_requests_reaches_nobody() {
    let trap = Trap::default();
    let builder = loopback_client();
    let builder = builder.request_builder_client();
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}/", trap.address().port());
        let sent = builder.get(url).send().await;
        assert!(sent.unwrap_err().is_connect(), "{host}");
    }
    trap.assert_untouched();
}

// S-03: a user name in a URL would become a credential that nobody stored.
#[tokio::test]
async fn a_url_with_a_user_name_is_not_sent() {
    let trap = Trap::default();
    let request = get(&format!("http://user@{}/", trap.address()));
    let refused = loopback_client()
        .execute(request, wharf_egress::Limits::default())
        .await
        .unwrap_err();
    assert_eq!(refused.refusal(), Some(Refusal::Userinfo));
    trap.assert_untouched();
}

//! Hosts that must not be reached, with a trap where they are (S-07, S-08, S-09).

use std::sync::Arc;

use wharf_egress::{Client, Exceptions, Options, Policy, Refusal};

use crate::support::{
    LOOPBACK, Script, Then, Trap, client, excepting, fetch, loopback_client, serve,
};

const DONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";

async fn refusal(client: &Client, url: &str) -> Option<Refusal> {
    fetch(client, url).await.unwrap_err().refusal()
}

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

// S-09: only the exception for the network is missing.
#[tokio::test]
async fn a_loopback_literal_is_refused_unless_excepted() {
    let trap = Trap::default();
    let port = trap.address().port();
    let strict = client(excepting(&[]), Options::default());
    for host in [
        "127.0.0.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "0.0.0.0",
    ] {
        let url = format!("http://{host}:{port}/");
        assert_eq!(
            refusal(&strict, &url).await,
            Some(Refusal::Address),
            "{host}"
        );
    }
    trap.assert_untouched();

    let server = serve(LOOPBACK, DONE, Then::Close).await;
    let response = fetch(&loopback_client(), &format!("http://{server}/"))
        .await
        .unwrap();
    assert_eq!(response.collect_capped(4).await.unwrap(), "done");
}

// S-03: the stage that guards literals guards scheme and port as well.
#[tokio::test]
async fn scheme_and_port_are_judged_at_every_request() {
    let networks = vec!["127.0.0.0/8".parse().unwrap()];
    let policy = Policy::new(Exceptions {
        allow_networks: networks,
        ..Exceptions::default()
    });
    let client = client(policy, Options::default());
    let trap = Trap::default();
    let port = trap.address().port();
    let http = refusal(&client, &format!("http://127.0.0.1:{port}/")).await;
    assert_eq!(http, Some(Refusal::Scheme));
    let https = refusal(&client, &format!("https://127.0.0.1:{port}/")).await;
    assert_eq!(https, Some(Refusal::Port));
    trap.assert_untouched();
}

// S-08: the answer changes between two requests, from an allowed to a forbidden address.
#[tokio::test]
async fn a_name_that_flips_is_refused_and_the_trap_stays_silent() {
    let server = serve("127.0.0.2".parse().unwrap(), DONE, Then::Close).await;
    let trap = Trap::on((LOOPBACK, server.port()).into()).unwrap();
    let script = Script::of(&[&["127.0.0.2"], &["127.0.0.1"], &["127.0.0.2", "127.0.0.1"]]);
    let client = scripted(excepting(&["127.0.0.2/32"]), &script);
    let url = format!("http://cloud.example.org:{}/", server.port());

    let response = fetch(&client, &url).await.unwrap();
    assert_eq!(response.collect_capped(4).await.unwrap(), "done");
    assert_eq!(
        refusal(&client, &url).await,
        Some(Refusal::Address),
        "flipped"
    );
    assert_eq!(
        refusal(&client, &url).await,
        Some(Refusal::Address),
        "mixed"
    );
    assert!(script.is_used_up(), "every connection asked anew");
    trap.assert_untouched();
}

// S-05: a LAN name is reachable exactly where its answers are excepted.
#[tokio::test]
async fn a_lan_name_is_reached_through_its_excepted_answers() {
    let server = serve(LOOPBACK, DONE, Then::Close).await;
    for name in ["nextcloud.local", "nas", "localhost"] {
        let script = Script::of(&[&["127.0.0.1"], &["93.184.215.14"]]);
        let client = scripted(excepting(&["127.0.0.0/8"]), &script);
        let url = format!("http://{name}:{}/", server.port());
        assert_eq!(fetch(&client, &url).await.unwrap().status(), 200, "{name}");
        let elsewhere = refusal(&client, &url).await.unwrap();
        assert!(
            matches!(elsewhere, Refusal::NameSuffix | Refusal::SingleLabel),
            "{name}"
        );
    }
}

// S-07, S-12: unknown looks like forbidden.
#[tokio::test]
async fn an_unknown_name_is_a_refusal_that_is_not_explained() {
    let client = scripted(excepting(&[]), &Script::of(&[]));
    let refusal = refusal(&client, "http://nxdomain.example.org/")
        .await
        .unwrap();
    assert_eq!(refusal, Refusal::Unresolved);
    assert!(!refusal.decided_by_text());
}

// S-07: the system's own resolver is behind the same rule.
#[tokio::test]
async fn the_systems_answer_for_localhost_is_judged() {
    let trap = Trap::default();
    let policy = excepting(&["192.0.2.0/24"]);
    let client = client(policy, Options::default());
    let url = format!("http://localhost:{}/", trap.address().port());
    assert_eq!(refusal(&client, &url).await, Some(Refusal::SingleLabel));
    trap.assert_untouched();

    let server = serve(LOOPBACK, DONE, Then::Close).await;
    let url = format!("http://localhost:{}/", server.port());
    let with_both =
        crate::support::client(excepting(&["127.0.0.0/8", "::1/128"]), Options::default());
    assert_eq!(fetch(&with_both, &url).await.unwrap().status(), 200);
}

//! Whether the server may have seen a request that was not answered. A code or a refresh token can be used
//! up by one that it saw.

use std::net::TcpListener;
use std::thread;

use wharf_domain::ports::oauth::OAuthErrorKind::{AnswerLost, Unreachable};

use crate::scripted::{Reply, Scripted, json};
use crate::support::{Asked, google};

fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("127.0.0.1:{}", listener.local_addr().unwrap().port())
}

#[tokio::test]
async fn nothing_was_sent_where_no_connection_came_about() {
    let nobody = closed_port();
    assert_eq!(
        Asked::of(google(&format!("http://{nobody}")))
            .refused()
            .await,
        Unreachable
    );

    // Whoever speaks no TLS is not told the secret.
    let plain = Scripted::saying(json(200, "", "{}"));
    let https = plain.url().replace("http://", "https://");
    assert_eq!(Asked::of(google(&https)).refused().await, Unreachable);
    assert!(plain.requests().is_empty());

    // A name without an address (RFC 6761, section 6.4).
    let unknown = Asked::of(google("https://provider.invalid"));
    assert_eq!(unknown.refused().await, Unreachable);
}

#[tokio::test]
async fn whoever_was_asked_and_did_not_answer_may_have_done_it() {
    let whole = json(200, "", r#"{"access_token":"a","token_type":"bearer"}"#);
    let in_the_head = whole[..20].to_vec();
    let in_the_body = whole[..whole.len() - 5].to_vec();
    for (bytes, what) in [
        (Vec::new(), "no answer"),
        (in_the_head, "cut off in the head"),
        (in_the_body, "cut off in the body"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "another protocol"),
    ] {
        let cut = bytes.clone();
        let cut = Scripted::start(move |_| Reply::Say(cut.clone()));
        let kind = Asked::of(google(&cut.url())).refused().await;
        assert_eq!(kind, AnswerLost, "{what}");
        assert_eq!(cut.requests().len(), 1, "{what}");

        if what != "another protocol" {
            let silent = Scripted::start(move |_| Reply::Hold(bytes.clone()));
            let kind = Asked::of(google(&silent.url())).refused().await;
            assert_eq!(kind, AnswerLost, "{what}, and then silence");
            assert_eq!(silent.requests().len(), 1, "{what}, and then silence");
        }
    }
}

#[tokio::test]
async fn a_refusal_that_was_cut_off_is_none() {
    let whole = json(400, "", r#"{"error":"invalid_grant"}"#);
    let cut = Scripted::saying(whole[..whole.len() - 2].to_vec());
    assert_eq!(Asked::of(google(&cut.url())).refused().await, AnswerLost);
}

#[tokio::test]
async fn a_server_without_time_says_so_before_its_body_is_there() {
    let whole = json(503, "Retry-After: 1\r\n", "never ends");
    let half = whole[..whole.len() - 5].to_vec();
    let silent = Scripted::start(move |_| Reply::Hold(half.clone()));
    let kind = Asked::of(google(&silent.url())).refused().await;
    assert_eq!(
        kind.to_string(),
        "the authorization server is not available"
    );
}

/// A server that hangs up on everybody.
fn hanging_up() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().for_each(drop));
    address.to_string()
}

#[tokio::test]
async fn tls_that_did_not_come_about_has_carried_nothing() {
    let server = hanging_up();
    let asked = Asked::of(google(&format!("https://{server}")));
    assert_eq!(asked.refused().await, Unreachable);
}

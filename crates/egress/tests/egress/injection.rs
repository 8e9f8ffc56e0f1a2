//! What callers put into a request stays where they put it (H-01).

use std::cell::RefCell;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reqwest::header::HeaderValue;
use reqwest::{Method, Request};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;
use wharf_egress::{Client, Limits};

use crate::support::{LOOPBACK, loopback_client, read_head};

/// A server that answers every request and hands its head to the test.
async fn capture() -> (Url, mpsc::Receiver<String>) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (heads, captured) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            heads.send(read_head(&mut connection).await).await.unwrap();
            let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            connection.write_all(answer).await.unwrap();
        }
    });
    (url.parse().unwrap(), captured)
}

/// Text in which whatever ends a line is frequent.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r\nX-Injected: 1\r\n\r\n".to_owned()),
        Just("\0".to_owned()),
        Just("\u{85}\u{2028}".to_owned()),
        "[ -~]{0,8}",
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

async fn head_of(client: &Client, request: Request, heads: &mut mpsc::Receiver<String>) -> String {
    let sent = client.execute(request, Limits::default());
    let (answer, head) = tokio::join!(sent, heads.recv());
    assert_eq!(answer.unwrap().status(), 204);
    head.unwrap()
}

fn lines(head: &str) -> usize {
    head.trim_end_matches("\r\n").split("\r\n").count()
}

// H-01: header, path, query and method; with each, the head has the lines that it should have.
#[test]
fn no_text_makes_a_line_of_its_own() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, mut heads) = runtime.block_on(capture());
    let client = runtime.block_on(async { loopback_client() });
    let plain = Request::new(Method::GET, url.clone());
    let expected = lines(&runtime.block_on(head_of(&client, plain, &mut heads)));

    let heads = RefCell::new(heads);
    let mut runner = TestRunner::new(Config::with_cases(300));
    runner
        .run(&hostile(), |text| {
            let mut request = Request::new(Method::GET, url.clone());
            let mut added = 0;
            if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(text.clone())) {
                request.headers_mut().insert("x-name", value);
                added = 1;
            }
            let target = request.url_mut();
            target.path_segments_mut().unwrap().push(&text);
            target.query_pairs_mut().append_pair("name", &text);
            prop_assert!(
                Method::from_bytes(text.as_bytes()).is_err() || !text.contains(['\r', '\n', ' '])
            );
            let head = runtime.block_on(head_of(&client, request, &mut heads.borrow_mut()));
            prop_assert_eq!(lines(&head), expected + added, "{:?}", &head);
            prop_assert!(!head.contains("\r\nX-Injected"), "{:?}", &head);
            prop_assert!(!head.contains('\0'));
            Ok::<(), TestCaseError>(())
        })
        .unwrap();
}

//! Bodies that go out: slowly, broken at their source, and with what else the request carries.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use reqwest::{Body, Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use wharf_egress::{Deadlines, Error, Limits, Options, Stage};

use crate::support::{LOOPBACK, Then, client, excepting, loopback_client, read_head, serve};

const PARTS: usize = 15;

/// A server for one request: reads its head and a body of that length, answers, and returns both.
async fn receive(length: usize) -> (String, JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("http://{}/file", listener.local_addr().unwrap());
    let received = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let head = read_head(&mut connection).await;
        let mut body = vec![0; length];
        connection.read_exact(&mut body).await.unwrap();
        connection
            .write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
        (head, body)
    });
    (url, received)
}

fn put(url: &str, length: usize, body: Body) -> Request {
    let mut request = Request::new(Method::PUT, url.parse().unwrap());
    request
        .headers_mut()
        .insert("content-length", length.into());
    *request.body_mut() = Some(body);
    request
}

fn slow_body() -> Body {
    Body::wrap_stream(stream::unfold(0, |sent| async move {
        if sent == PARTS {
            return None;
        }
        sleep(Duration::from_millis(100)).await;
        Some((io::Result::Ok(Bytes::from_static(b"part")), sent + 1))
    }))
}

fn impatient() -> wharf_egress::Client {
    let deadlines = Deadlines {
        first_byte: Duration::from_secs(1),
        ..Deadlines::default()
    };
    client(
        excepting(&["127.0.0.0/8"]),
        Options {
            deadlines,
            ..Options::default()
        },
    )
}

// the upload takes half as long again as the first byte may.
#[tokio::test]
async fn a_body_that_keeps_flowing_outlives_the_first_byte_deadline() {
    let (url, received) = receive(4 * PARTS).await;
    let request = put(&url, 4 * PARTS, slow_body());
    let response = impatient()
        .execute(request, Limits::default())
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    let (head, body) = received.await.unwrap();
    assert_eq!(body, b"part".repeat(PARTS));
    assert!(head.contains("content-length: 60\r\n"), "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
}

//
#[tokio::test]
async fn a_body_that_stops_is_a_timeout_of_the_upload() {
    let server = serve(LOOPBACK, "", Then::Hold).await;
    let silent = Body::wrap_stream(stream::pending::<io::Result<Bytes>>());
    let request = put(&format!("http://{server}/"), 4, silent);
    let error = impatient()
        .execute(request, Limits::default())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                stage: Stage::Upload,
                ..
            }
        ),
        "{error:?}"
    );
}

// all is sent and nothing comes back.
#[tokio::test]
async fn a_wait_after_the_body_is_a_timeout_of_the_first_byte() {
    let server = serve(LOOPBACK, "", Then::Hold).await;
    let body = Body::wrap_stream(stream::iter([io::Result::Ok(Bytes::from_static(b"part"))]));
    let request = put(&format!("http://{server}/"), 4, body);
    let error = impatient()
        .execute(request, Limits::default())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                stage: Stage::FirstByte,
                ..
            }
        ),
        "{error:?}"
    );
}

// A client of ours that hangs up is no fault of the server's.
#[tokio::test]
async fn a_body_that_fails_at_its_source_is_told_apart() {
    let server = serve(LOOPBACK, "", Then::Hold).await;
    let parts = [
        Ok(Bytes::from_static(b"part")),
        Err(io::Error::other("the sender hung up")),
    ];
    let request = put(
        &format!("http://{server}/"),
        60,
        Body::wrap_stream(stream::iter(parts)),
    );
    let error = loopback_client()
        .execute(request, Limits::default())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UploadSource { .. }), "{error:?}");
}

// S-15: nothing is added that tells of other requests.
#[tokio::test]
async fn a_request_carries_what_the_caller_put_in() {
    let (url, received) = receive(4).await;
    let request = put(&url, 4, "part".into());
    loopback_client()
        .execute(request, Limits::default())
        .await
        .unwrap();
    let (head, _) = received.await.unwrap();
    let mut names: Vec<_> = head
        .lines()
        .skip(1)
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["accept", "accept-encoding", "content-length", "host"]
    );
}

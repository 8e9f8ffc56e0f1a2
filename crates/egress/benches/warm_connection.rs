//! What the guard adds to a request on a warm connection: the same request to the same server through
//! this crate, and through the bare client beneath it.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "the comparison is with what is forbidden"
)]

use std::net::Ipv4Addr;

use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::BodyExt;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use reqwest::{Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use wharf_egress::{Client, Exceptions, Limits, Options, Policy};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

/// Answers each request, and keeps its connections.
async fn serve(listener: TcpListener) {
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(answer(connection));
    }
}

async fn answer(mut connection: TcpStream) {
    let mut buffer = [0; 4096];
    // A request without a body comes in one part, on loopback.
    while let Ok(1..) = connection.read(&mut buffer).await {
        connection.write_all(ANSWER).await.unwrap();
    }
}

fn policy() -> Policy {
    Policy::new(Exceptions {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allow_http: true,
        allow_ports: Some("1-65535".parse().unwrap()),
    })
}

fn warm_connection(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let listener = listener.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    runtime.spawn(serve(listener));

    let guarded = runtime.block_on(async { Client::new(policy(), Options::default()).unwrap() });
    let bare: legacy::Client<_, reqwest::Body> =
        legacy::Client::builder(TokioExecutor::new()).build(HttpConnector::new());

    let mut group = criterion.benchmark_group("request");
    let parsed: url::Url = url.parse().unwrap();
    group.bench_function("guarded", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let request = Request::new(Method::GET, parsed.clone());
                let answer = guarded.execute(request, Limits::default()).await.unwrap();
                answer.collect_capped(16).await.unwrap()
            })
        });
    });
    group.bench_function("bare", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let request = Request::new(Method::GET, parsed.clone());
                let request = http::Request::try_from(request).unwrap();
                let answer = bare.request(request).await.unwrap();
                answer.into_body().collect().await.unwrap().to_bytes()
            })
        });
    });
    group.finish();
    let policy = policy();
    criterion.bench_function("check_typed", |bencher| {
        bencher.iter(|| policy.check_typed("https://cloud.example.org/remote.php/dav/"));
    });
}

criterion_group!(benches, warm_connection);
criterion_main!(benches);

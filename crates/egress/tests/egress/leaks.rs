//! Credentials on chains of redirects, through servers that want them (S-10, S-11).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wharf_egress::{Error, Limits};

use crate::support::{LOOPBACK, loopback_client, read_head};

const SECRET: &str = "correct-horse-battery-staple";

/// Where a redirect leads, and how its `Location` is written.
#[derive(Clone, Copy, Debug)]
enum Hop {
    /// Within the origin, by a path.
    Path,
    /// Within the origin, by a whole URL.
    Whole,
    /// To the other server.
    Away,
    /// To the other server, without a scheme.
    AwayWithoutScheme,
    /// To the other server, behind what looks like this one.
    AwayByUserinfo,
    /// To this server under another name of the same address.
    AwayByName,
}

#[derive(Clone, Debug)]
struct Chain {
    hops: Vec<(Hop, u16)>,
    method: &'static str,
}

fn chains() -> impl Strategy<Value = Chain> {
    let hop = prop_oneof![
        3 => Just(Hop::Path),
        3 => Just(Hop::Whole),
        1 => Just(Hop::Away),
        1 => Just(Hop::AwayWithoutScheme),
        1 => Just(Hop::AwayByUserinfo),
        1 => Just(Hop::AwayByName),
    ];
    let status = prop::sample::select(vec![301_u16, 302, 303, 307, 308]);
    let method = prop::sample::select(vec!["GET", "HEAD", "PROPFIND", "PUT", "DELETE", "POST"]);
    (prop::collection::vec((hop, status), 1..=6), method)
        .prop_map(|(hops, method)| Chain { hops, method })
}

/// Every byte that a server was sent.
type Heard = Arc<Mutex<Vec<u8>>>;

/// Keeps whatever it hears, and never answers.
async fn eavesdropper() -> (SocketAddr, Heard) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let keeper = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (mut connection, peer) = listener.accept().await.unwrap();
            let keeper = Arc::clone(&keeper);
            // That somebody came is told even if nothing is said.
            keeper.lock().unwrap().extend(peer.to_string().bytes());
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                while let Ok(read @ 1..) = connection.read(&mut buffer).await {
                    let said = buffer.iter().take(read);
                    keeper.lock().unwrap().extend(said);
                }
            });
        }
    });
    (address, heard)
}

/// A server that leads along the chain it is given; it counts the requests that carried the secret.
async fn guide(away: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<(Hop, u16)>>>, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let home = listener.local_addr().unwrap();
    let chain = Arc::new(Mutex::new(Vec::new()));
    let trusted = Arc::new(Mutex::new(0));
    let (script, count) = (Arc::clone(&chain), Arc::clone(&trusted));
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let head = read_head(&mut connection).await;
            *count.lock().unwrap() += usize::from(head.contains(SECRET));
            let step: usize = head.split(['/', ' ']).nth(2).unwrap().parse().unwrap();
            let hop = script.lock().unwrap().get(step).copied();
            let answer = answer(home, away, step, hop);
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (home, chain, trusted)
}

fn answer(home: SocketAddr, away: SocketAddr, step: usize, hop: Option<(Hop, u16)>) -> String {
    let Some((hop, status)) = hop else {
        return "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_owned();
    };
    let next = step + 1;
    let location = match hop {
        Hop::Path => format!("/{next}"),
        Hop::Whole => format!("http://{home}/{next}"),
        Hop::Away => format!("http://{away}/{next}"),
        Hop::AwayWithoutScheme => format!("//{away}/{next}"),
        Hop::AwayByUserinfo => format!("http://{home}@{away}/{next}"),
        Hop::AwayByName => format!("http://localhost:{}/{next}", home.port()),
    };
    format!(
        "HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

/// Everything that may carry a credential: the standard's headers, the S3 protocol's, and others' own.
fn credentials() -> [(HeaderName, HeaderValue); 5] {
    let secret = HeaderValue::from_static(SECRET);
    [
        AUTHORIZATION,
        COOKIE,
        HeaderName::from_static("x-amz-security-token"),
        HeaderName::from_static("x-api-key"),
        HeaderName::from_static("oc-token"),
    ]
    .map(|name| (name, secret.clone()))
}

// S-10, S-11: hops 1 to 6, every status and every form of Location; off its origin nobody hears a byte,
// secret or not.
#[test]
fn no_chain_leads_a_secret_to_another_origin() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (away, heard) = runtime.block_on(eavesdropper());
    let (home, script, trusted) = runtime.block_on(guide(away));
    let client = runtime.block_on(async { loopback_client() });

    let mut runner = TestRunner::new(Config::with_cases(300));
    runner
        .run(&chains(), |chain| {
            script.lock().unwrap().clone_from(&chain.hops);
            let method = Method::from_bytes(chain.method.as_bytes()).unwrap();
            let url = format!("http://{home}/0").parse().unwrap();
            let request = Request::new(method, url);
            let outcome =
                runtime.block_on(client.execute_following(request, Limits::default(), |hop| {
                    hop.headers_mut().extend(credentials());
                }));
            let stays = chain
                .hops
                .iter()
                .all(|(hop, _)| matches!(hop, Hop::Path | Hop::Whole));
            if stays {
                let is_expected =
                    outcome.is_ok() || (chain.hops.len() > 5 && is_redirect(&outcome));
                prop_assert!(is_expected, "{:?}", outcome);
            }
            prop_assert_eq!(heard.lock().unwrap().len(), 0);
            Ok::<(), TestCaseError>(())
        })
        .unwrap();
    assert!(*trusted.lock().unwrap() > 300, "its own origin was told it");
}

fn is_redirect<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Redirect { .. }))
}

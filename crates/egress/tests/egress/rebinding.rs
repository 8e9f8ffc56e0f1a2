//! DNS that answers otherwise every time, asked by many at once (S-07, S-08).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream;
use wharf_egress::{Error, Options, Refusal};

use crate::dns::Dns;
use crate::support::{LOOPBACK, Then, Trap, client, excepting, fetch, serve};

const ALLOWED: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// Allowed too, but nobody listens there.
const DESERTED: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
const LOOPBACK_V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const AT_ONCE: usize = 64;

/// How often each name is asked for: 500 times, or 10^4 where the run may be long.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own switch, which no setting is"
)]
fn attempts() -> usize {
    let is_long = std::env::var_os("WHARF_LONG").is_some();
    if is_long { 10_000 } else { 500 }
}

/// What became of many requests.
#[derive(Debug, Default)]
struct Outcome {
    answered: usize,
    refused: usize,
    broken: usize,
    asked: usize,
}

impl Outcome {
    fn count(&mut self, result: Result<(), Error>) {
        match result {
            Ok(()) => self.answered += 1,
            Err(error) if error.refusal() == Some(Refusal::Address) => self.refused += 1,
            Err(Error::Protocol { .. } | Error::Interrupted { .. }) => self.broken += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Sends requests to a name of this DNS, 64 at once, while traps listen at this machine's own addresses
/// on the very port.
async fn storm(script: fn(usize) -> Vec<IpAddr>, answer: &'static str) -> Outcome {
    let server = serve(ALLOWED, answer, Then::Close).await;
    let trap = Trap::on((LOOPBACK, server.port()).into()).unwrap();
    // Not every machine has IPv6.
    let trap_v6 = Trap::on((LOOPBACK_V6, server.port()).into());
    let dns = Dns::answering(script).await;
    let options = Options {
        lookup: Arc::clone(&dns) as _,
        ..Options::default()
    };
    let client = client(excepting(&["127.0.0.2/31"]), options);
    let url = format!("http://cloud.example.org:{}/", server.port());

    let mut outcome = Outcome::default();
    let mut results = stream::iter(0..attempts())
        .map(|_| async {
            let answer = fetch(&client, &url).await?;
            answer.collect_capped(4).await.map(|_body| ())
        })
        .buffer_unordered(AT_ONCE);
    while let Some(result) = results.next().await {
        outcome.count(result);
    }
    trap.assert_untouched();
    if let Ok(trap_v6) = trap_v6 {
        trap_v6.assert_untouched();
    }
    outcome.asked = dns.asked();
    outcome
}

/// An allowed address, then the trap's, then both in either order.
fn flip(turn: usize) -> Vec<IpAddr> {
    match turn % 4 {
        0 => vec![ALLOWED],
        1 => vec![LOOPBACK],
        2 => vec![ALLOWED, LOOPBACK],
        _ => vec![LOOPBACK, ALLOWED],
    }
}

// S-08: every request dials, and every dial asks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_keeps_flipping_never_leads_to_the_trap() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
    let outcome = storm(flip, text).await;
    assert_eq!(outcome.asked, attempts(), "{outcome:?}");
    assert_eq!(outcome.answered, attempts() / 4, "{outcome:?}");
    assert_eq!(outcome.refused, attempts() * 3 / 4, "{outcome:?}");
}

// S-08: the connections look as if they stayed, and end. What is sent again on a fresh one is asked anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_on_a_fresh_connection_is_judged_anew() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";
    let outcome = storm(flip, text).await;
    assert!(outcome.answered > 0, "{outcome:?}");
    assert!(outcome.refused > attempts() / 4, "{outcome:?}");
    assert!(outcome.asked > attempts() / 4, "{outcome:?}");
}

/// Two families, and in each an address that may be dialled beside one that may not, by turns. The
/// first that may be takes no connection.
fn flip_between_families(turn: usize) -> Vec<IpAddr> {
    match turn % 3 {
        0 | 1 => vec![DESERTED, ALLOWED],
        _ => vec![LOOPBACK_V6, DESERTED, LOOPBACK, ALLOWED],
    }
}

// S-07, S-08: the step from one address to the next is no second look-up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_address_is_one_that_was_vetted_with_the_first() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
    let outcome = storm(flip_between_families, text).await;
    assert_eq!(outcome.asked, attempts(), "{outcome:?}");
    assert_eq!(outcome.broken, 0, "{outcome:?}");
    assert!(outcome.answered > attempts() / 4, "{outcome:?}");
    assert!(outcome.refused >= attempts() / 3, "{outcome:?}");
}

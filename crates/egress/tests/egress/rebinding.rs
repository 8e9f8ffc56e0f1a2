//! DNS that answers otherwise every time, asked by many at once (S-07, S-08).

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream;
use wharf_egress::{Lookup, Options, Refusal};

use crate::support::{LOOPBACK, Then, Trap, client, excepting, fetch, serve};

const ALLOWED: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const ATTEMPTS: usize = 10_000;
const AT_ONCE: usize = 64;

/// Answers with an allowed address, then with the trap's, then with both in either order.
#[derive(Debug, Default)]
struct Flip(AtomicUsize);

impl Lookup for Flip {
    fn lookup(&self, _name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let answers = match self.0.fetch_add(1, Ordering::Relaxed) % 4 {
            0 => vec![ALLOWED],
            1 => vec![LOOPBACK],
            2 => vec![ALLOWED, LOOPBACK],
            _ => vec![LOOPBACK, ALLOWED],
        };
        Box::pin(async { Ok(answers) })
    }
}

// S-08: 10^4 requests, 64 at once, to a name that flips under them; none finds the trap.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_keeps_flipping_never_leads_to_the_trap() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
    let server = serve(ALLOWED, text, Then::Close).await;
    let trap = Trap::on((LOOPBACK, server.port()).into()).unwrap();
    let lookup = Arc::new(Flip::default());
    let options = Options {
        lookup: Arc::clone(&lookup) as _,
        ..Options::default()
    };
    let client = client(excepting(&["127.0.0.2/32"]), options);
    let url = format!("http://cloud.example.org:{}/", server.port());

    let verdicts = stream::iter(0..ATTEMPTS)
        .map(|_| async {
            match fetch(&client, &url).await {
                Ok(answer) => answer.status().as_u16(),
                Err(error) => {
                    assert_eq!(error.refusal(), Some(Refusal::Address), "{error:?}");
                    0
                }
            }
        })
        .buffer_unordered(AT_ONCE);
    let answered = verdicts.filter(|status| std::future::ready(*status == 200));
    let answered = answered.count().await;

    let asked = lookup.0.load(Ordering::Relaxed);
    assert!(asked >= ATTEMPTS, "each attempt asked anew: {asked}");
    assert!(
        answered >= ATTEMPTS / 8,
        "allowed answers were dialled: {answered}"
    );
    assert!(
        answered <= ATTEMPTS / 2,
        "the others were refused: {answered}"
    );
    trap.assert_untouched();
}

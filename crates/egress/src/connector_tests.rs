//! The guard by itself, as a crate with a client of its own uses it.

use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use crate::dial::SystemDial;
use crate::{Exceptions, Lookup, Policy, Trust};

use super::*;

/// Says of every name that it is at this address.
#[derive(Debug)]
struct Answer(IpAddr);

impl Lookup for Answer {
    fn lookup(&self, _name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let answer = self.0;
        Box::pin(async move { Ok(vec![answer]) })
    }
}

/// Leads every connection to one place, as a broken network might.
#[derive(Debug)]
struct Misled(SocketAddr);

impl Dial for Misled {
    fn dial(&self, _address: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> {
        SystemDial.dial(self.0)
    }
}

fn connector(exceptions: Exceptions, answer: &str, dial: impl Dial) -> Connector {
    Connector::new(Door {
        resolver: VettedResolver {
            policy: Arc::new(Policy::new(exceptions)),
            trust: Trust::Typed,
            lookup: Arc::new(Answer(answer.parse().unwrap())),
            deadline: Duration::from_secs(5),
        },
        dial: Arc::new(dial),
        tls: Arc::new(tls::client_config(None).unwrap()),
        deadlines: Deadlines::default(),
        runtime: Handle::current(),
    })
}

async fn refusal(mut connector: Connector, uri: &'static str) -> Option<Refusal> {
    match connector.call(Uri::from_static(uri)).await {
        Err(ConnectError::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

fn loopback() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

// S-08: the name is public, and so is its answer; but the network leads to loopback.
#[tokio::test]
async fn a_peer_that_was_not_vetted_gets_no_client_hello() {
    let elsewhere = loopback();
    let dial = Misled(elsewhere.local_addr().unwrap());
    let connector = connector(Exceptions::default(), "93.184.215.14", dial);
    let refused = refusal(connector, "https://cloud.example.org/").await;
    assert_eq!(refused, Some(Refusal::Peer));
    let (mut connection, _) = elsewhere.accept().unwrap();
    let mut heard = Vec::new();
    connection.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"");
}

// S-09: there is no other check before it, so it makes them all.
#[tokio::test]
async fn it_judges_scheme_port_literal_and_answer_itself() {
    let untouched = loopback();
    untouched.set_nonblocking(true).unwrap();
    for (uri, expected) in [
        ("http://cloud.example.org/", Refusal::Scheme),
        ("ftp://cloud.example.org/", Refusal::Scheme),
        ("https://cloud.example.org:22/", Refusal::Port),
        ("https://user@cloud.example.org/", Refusal::Userinfo),
        ("https://127.0.0.1/", Refusal::Address),
        ("https://2130706433/", Refusal::Address),
        ("https://[::1]/", Refusal::Address),
        ("https://[::ffff:127.0.0.1]/", Refusal::Address),
        ("https://nas.local/", Refusal::NameSuffix),
        ("https://cloud.example.org/", Refusal::Address),
    ] {
        let dial = Misled(untouched.local_addr().unwrap());
        let connector = connector(Exceptions::default(), "10.0.0.1", dial);
        assert_eq!(refusal(connector, uri).await, Some(expected), "{uri}");
    }
    assert_eq!(
        untouched.accept().unwrap_err().kind(),
        io::ErrorKind::WouldBlock
    );
}

// A request's own runtime may end, or drive no sockets at all; connections are the client's runtime's.
#[test]
fn connections_are_made_on_the_runtime_of_the_client() {
    let server = loopback();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let exceptions = Exceptions {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allow_http: true,
        allow_ports: Some("1-65535".parse().unwrap()),
    };
    let mut connector = runtime.block_on(async { connector(exceptions, "127.0.0.1", SystemDial) });
    let uri = format!("http://{}/", server.local_addr().unwrap());
    let without_drivers = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let connection = without_drivers.block_on(connector.call(uri.parse().unwrap()));
    assert!(connection.is_ok(), "{connection:?}");
}

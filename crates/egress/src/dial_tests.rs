//! Addresses that answer, are silent, refuse, or lead elsewhere.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Mutex;

use super::*;

/// Notes which addresses were tried, and does for each what the test says.
#[derive(Debug)]
struct Misled {
    tried: Mutex<Vec<u16>>,
    real: SocketAddr,
}

const SILENT: u16 = 1;
const CLOSED: u16 = 2;

impl Dial for Misled {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> {
        self.tried.lock().unwrap().push(address.port());
        match address.port() {
            SILENT => Box::pin(std::future::pending()),
            CLOSED => Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) }),
            _ => SystemDial.dial(self.real),
        }
    }
}

fn at(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Tries these ports of loopback; what came of it, and the ports that were tried.
async fn tried(ports: &[u16], real: &TcpListener) -> (Result<SocketAddr, ConnectError>, Vec<u16>) {
    let dial = Misled {
        tried: Mutex::default(),
        real: real.local_addr().unwrap(),
    };
    let vetted: Vec<_> = ports.iter().map(|port| at(*port)).collect();
    let connection = first_of(&dial, &vetted, Duration::from_secs(5)).await;
    let peer = connection.map(|connection| connection.peer_addr().unwrap());
    (peer, dial.tried.into_inner().unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_first_that_answers_is_taken_in_the_order_given() {
    let server = TcpListener::bind(at(0)).unwrap();
    let open = server.local_addr().unwrap().port();
    let (peer, ports) = tried(&[CLOSED, SILENT, open, CLOSED], &server).await;
    assert_eq!(peer.unwrap(), at(open));
    assert_eq!(ports, [CLOSED, SILENT, open]);
}

// all addresses together have the one deadline.
#[tokio::test(start_paused = true)]
async fn silent_addresses_share_the_deadline() {
    let server = TcpListener::bind(at(0)).unwrap();
    let asked = Instant::now();
    let (peer, ports) = tried(&[SILENT; 16], &server).await;
    assert!(matches!(peer, Err(ConnectError::TimedOut(Stage::Connect))));
    assert_eq!(ports.len(), 16);
    assert_eq!(asked.elapsed().as_secs(), 5, "on the paused clock");
}

#[tokio::test]
async fn the_last_failure_is_told() {
    let server = TcpListener::bind(at(0)).unwrap();
    let (peer, _) = tried(&[CLOSED], &server).await;
    assert!(matches!(peer, Err(ConnectError::Unreachable(_))));
}

// S-08: whoever answers instead of a vetted address does not get a single byte.
#[tokio::test]
async fn a_peer_that_was_not_vetted_is_refused_and_hears_nothing() {
    use std::io::Read;

    let elsewhere = TcpListener::bind(at(0)).unwrap();
    let (peer, ports) = tried(&[3, 4], &elsewhere).await;
    assert!(matches!(peer, Err(ConnectError::Refused(Refusal::Peer))));
    assert_eq!(ports, [3], "and no other is tried");
    let (mut connection, _) = elsewhere.accept().unwrap();
    let mut heard = Vec::new();
    connection.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"");
}

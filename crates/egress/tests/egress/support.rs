//! Clients that may reach loopback, servers that do what a script says, and traps nobody may touch.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener as TrapListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::{Method, Request};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wharf_egress::{
    Client, Deadlines, Error, Exceptions, Limits, Lookup, Options, Policy, Response,
};

pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Plain http on any port to these networks.
pub(crate) fn excepting(networks: &[&str]) -> Policy {
    Policy::new(Exceptions {
        allow_networks: networks
            .iter()
            .map(|network| network.parse().unwrap())
            .collect(),
        allow_http: true,
        allow_ports: Some("1-65535".parse().unwrap()),
    })
}

/// A client that may reach loopback and has little patience within a body.
pub(crate) fn loopback_client() -> Client {
    let deadlines = Deadlines {
        stall: Duration::from_millis(300),
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

pub(crate) fn client(policy: Policy, options: Options) -> Client {
    Client::new(policy, options).unwrap()
}

pub(crate) fn get(url: &str) -> Request {
    Request::new(Method::GET, url.parse().unwrap())
}

pub(crate) async fn fetch(client: &Client, url: &str) -> Result<Response, Error> {
    client.execute(get(url), Limits::default()).await
}

/// Answers every question with the next line of the script, and with "no such name" after it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script(Arc<Mutex<VecDeque<Vec<IpAddr>>>>);

impl Script {
    pub(crate) fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |line: &&[&str]| line.iter().map(|answer| answer.parse().unwrap()).collect();
        Arc::new(Self(Arc::new(Mutex::new(
            answers.iter().map(parse).collect(),
        ))))
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.0.lock().unwrap().is_empty()
    }
}

impl Lookup for Script {
    fn lookup(&self, _name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let answers = self.0.lock().unwrap().pop_front().unwrap_or_default();
        Box::pin(async { Ok(answers) })
    }
}

/// What a server does after it has written its text.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    Close,
    /// Keeps the connection open and says no more.
    Hold,
}

/// A server on that address that reads the head of each request, writes the text, and then.
pub(crate) async fn serve(address: IpAddr, text: &'static str, then: Then) -> SocketAddr {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(answer(connection, text, then));
        }
    });
    address
}

async fn answer(mut connection: TcpStream, text: &'static str, then: Then) {
    read_head(&mut connection).await;
    connection.write_all(text.as_bytes()).await.unwrap();
    match then {
        Then::Close => connection.shutdown().await.unwrap(),
        Then::Hold => std::future::pending().await,
    }
}

/// The head of a request, up to and with its empty line; what follows stays unread.
pub(crate) async fn read_head(connection: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// A listener that is there to be left alone.
pub(crate) struct Trap(TrapListener);

impl Trap {
    pub(crate) fn on(address: SocketAddr) -> io::Result<Self> {
        let listener = TrapListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Self(listener))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// The kernel completes a connection before anybody accepts it, so an empty queue means that
    /// none was made.
    pub(crate) fn assert_untouched(&self) {
        let accepted = self.0.accept().map(|(_, peer)| peer);
        assert_eq!(
            accepted.map_err(|error| error.kind()),
            Err(ErrorKind::WouldBlock)
        );
    }
}

impl Default for Trap {
    fn default() -> Self {
        Self::on((LOOPBACK, 0).into()).unwrap()
    }
}

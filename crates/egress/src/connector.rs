//! The guarded way to a connection: judge the URL, resolve, dial what was vetted, look who answered,
//! and only then speak TLS (S-07, S-08, S-09). Knows nothing of HTTP.
//!
//! It guards alone: whoever builds a `hyper_util` client on it needs no other check.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use tower_service::Service;
use url::{Host, Url};

use crate::dial::{self, Dial};
use crate::resolver::VettedResolver;
use crate::{ConnectError, Deadlines, Refusal, Stage, tls};

/// A connection that passed: plain or within TLS, as the URL's scheme says.
pub type Connection = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Connects to what the policy allows and to nothing else. Cheap to clone.
///
/// It is a [`Service`] of the form that `hyper_util::client::legacy::Client` takes, so that crates which
/// want such a client of their own can be given the same guard; [`crate::Client::connector`] makes one.
/// Connections are made on the runtime of that client.
#[derive(Clone, Debug)]
pub struct Connector(Arc<Door>);

/// What a connection is made with.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) resolver: VettedResolver,
    pub(crate) dial: Arc<dyn Dial>,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) deadlines: Deadlines,
    pub(crate) runtime: Handle,
}

impl Connector {
    pub(crate) fn new(door: Door) -> Self {
        Self(Arc::new(door))
    }

    /// The runtime that connections are made on.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    /// The same guard before connections that are made on that runtime.
    pub(crate) fn on(&self, runtime: Handle) -> Self {
        Self::new(Door {
            runtime,
            ..Door::clone(&self.0)
        })
    }
}

impl Service<Uri> for Connector {
    type Response = Connection;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<Connection, ConnectError>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let door = Arc::clone(&self.0);
        let connection = self
            .0
            .runtime
            .spawn(async move { door.connect(&uri).await });
        // Whoever no longer waits for the connection takes the attempt along.
        let connection = AbortOnDropHandle::new(connection);
        Box::pin(async move { connection.await.unwrap_or(Err(ConnectError::Aborted)) })
    }
}

impl Door {
    async fn connect(&self, uri: &Uri) -> Result<Connection, ConnectError> {
        let url = Url::parse(&uri.to_string()).map_err(|_| Refusal::Host)?;
        // S-09: nobody else looks at an address literal.
        self.resolver.policy.check_url(self.resolver.trust, &url)?;
        let vetted = self.vetted_addresses(&url).await?;
        let connection = dial::first_of(&*self.dial, &vetted, self.deadlines.connect).await?;
        if url.scheme() == "https" {
            self.secured(&url, connection).await
        } else {
            Ok(MaybeHttpsStream::Http(TokioIo::new(connection)))
        }
    }

    async fn vetted_addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Refusal> {
        let port = url.port_or_known_default().ok_or(Refusal::Port)?;
        let addresses: Vec<IpAddr> = match url.host() {
            Some(Host::Ipv4(address)) => vec![address.into()],
            Some(Host::Ipv6(address)) => vec![address.into()],
            Some(Host::Domain(name)) => self.resolver.resolve(name).await?,
            None => return Err(Refusal::Host),
        };
        let with_port = |address| SocketAddr::new(address, port);
        Ok(addresses.into_iter().map(with_port).collect())
    }

    async fn secured(&self, url: &Url, connection: TcpStream) -> Result<Connection, ConnectError> {
        let handshake = tls::handshake(&self.tls, url, TokioIo::new(connection))?;
        match timeout(self.deadlines.tls, handshake).await {
            Ok(Ok(secured)) => Ok(secured.into()),
            Ok(Err(error)) => Err(ConnectError::Tls(error)),
            Err(_) => Err(ConnectError::TimedOut(Stage::Tls)),
        }
    }
}

#[cfg(test)]
#[path = "connector_tests.rs"]
mod tests;

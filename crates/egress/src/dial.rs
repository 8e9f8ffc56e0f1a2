//! Opens a TCP connection to one of the addresses that passed, and makes sure that it leads there
//! (S-08). Knows no names, URLs or TLS.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::{ConnectError, Refusal, Stage};

/// Opens connections: the system does, or in a test one that misleads.
pub(crate) trait Dial: fmt::Debug + Send + Sync + 'static {
    /// A connection to that address.
    fn dial(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>>;
}

/// Asks the operating system.
#[derive(Debug)]
pub(crate) struct SystemDial;

impl Dial for SystemDial {
    #[expect(
        clippy::disallowed_methods,
        reason = "S-01: this is the one place that connects"
    )]
    fn dial(&self, address: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(address))
    }
}

/// A connection to the first of the vetted addresses that answers.
///
/// They are tried one after the other, each for an equal share of the time that is left, so that one
/// which is silent leaves time for the others.
pub(crate) async fn first_of(
    dial: &dyn Dial,
    vetted: &[SocketAddr],
    limit: Duration,
) -> Result<TcpStream, ConnectError> {
    let deadline = Instant::now() + limit;
    let mut failure = ConnectError::TimedOut(Stage::Connect);
    for (address, untried) in vetted.iter().zip((1..=vetted.len()).rev()) {
        let share = deadline.saturating_duration_since(Instant::now())
            / u32::try_from(untried).unwrap_or(u32::MAX);
        match timeout(share, dial.dial(*address)).await {
            Ok(Ok(connection)) => return checked(connection, vetted),
            Ok(Err(error)) => failure = ConnectError::Unreachable(error),
            Err(_) => failure = ConnectError::TimedOut(Stage::Connect),
        }
    }
    Err(failure)
}

/// The connection, if whoever is at its other end was vetted. It comes before the first byte, and so
/// before TLS (S-08).
fn checked(connection: TcpStream, vetted: &[SocketAddr]) -> Result<TcpStream, ConnectError> {
    let peer = connection.peer_addr().map_err(ConnectError::Unreachable)?;
    let is_vetted = vetted
        .iter()
        .any(|address| (address.ip(), address.port()) == (peer.ip(), peer.port()));
    if !is_vetted {
        return Err(ConnectError::Refused(Refusal::Peer));
    }
    connection
        .set_nodelay(true)
        .map_err(ConnectError::Unreachable)?;
    Ok(connection)
}

#[cfg(test)]
#[path = "dial_tests.rs"]
mod tests;

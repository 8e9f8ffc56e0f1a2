//! What the system is told about each client's connection. It knows neither requests nor answers.

use std::any::Any;
use std::io;
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;

/// How long a client may take nothing of what was sent to it (D-01).
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Has the system end a connection whose client has neither acknowledged nor made room for anything in
/// all of `patience`, be it gone or does it not read on.
///
/// Otherwise such a client would keep the storage behind a download waiting for as long as it likes:
/// a server asks for no more of a content than the connection takes, and sees no clock run out. The
/// limit is `TCP_USER_TIMEOUT` of tcp(7) (RFC 5482, section 2), which Linux applies to a closed window
/// too; other systems have none.
pub(crate) fn bounded(patience: Duration) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync {
    move |connection, _| {
        let stream = connection.downcast_ref::<TcpStream>();
        if let Some(Err(error)) = stream.map(|stream| limit(stream, patience)) {
            tracing::debug!(%error, "a connection has no time limit for its client");
        }
    }
}

#[cfg(target_os = "linux")]
fn limit(stream: &TcpStream, patience: Duration) -> io::Result<()> {
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(patience))
}

#[cfg(not(target_os = "linux"))]
fn limit(_: &TcpStream, _: Duration) -> io::Result<()> {
    Ok(())
}

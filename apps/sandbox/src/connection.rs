//! The connection beneath a request, for those faults that no HTTP library offers.

use std::any::Any;
use std::net::Shutdown;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use socket2::SockRef;

/// A second handle on a connection that the server holds. It keeps the connection open, so it must not
/// outlive the server's.
#[derive(Clone)]
pub(crate) struct Connection(Arc<OwnedFd>);

impl Connection {
    /// The connection that the server has accepted.
    pub(crate) fn of(accepted: &dyn Any) -> Option<Self> {
        let stream = accepted.downcast_ref::<TcpStream>()?;
        let handle = stream.as_fd().try_clone_to_owned().ok()?;
        Some(Self(Arc::new(handle)))
    }

    /// From now on closing it is a reset, and what was not sent yet is thrown away.
    pub(crate) fn reset_when_closed(&self) {
        // It fails only where the connection is gone already.
        let _ = SockRef::from(&*self.0).set_linger(Some(Duration::ZERO));
    }

    /// Tells the client that no more will be sent; the client can go on sending.
    pub(crate) fn close_for_writing(&self) {
        // It fails only where the connection is gone already.
        let _ = SockRef::from(&*self.0).shutdown(Shutdown::Write);
    }
}

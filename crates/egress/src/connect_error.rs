//! Why there is no connection. Names neither host nor address, for the caller knows them.

use std::io;

use crate::{Refusal, Stage};

/// Why [`crate::Connector`] made no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// A rule forbids it. Nothing was sent.
    #[error("the connection was refused")]
    Refused(#[from] Refusal),
    /// None of the addresses took the connection.
    #[error("no address can be reached")]
    Unreachable(#[source] io::Error),
    /// The server's certificate or TLS handshake was not acceptable (S-14).
    #[error("no trusted connection is possible")]
    Tls(#[source] io::Error),
    /// A stage took longer than its [`crate::Deadlines`] allow.
    #[error("it took too long while {0}")]
    TimedOut(Stage),
    /// The runtime that makes connections is gone.
    #[error("the connection was aborted")]
    Aborted,
}

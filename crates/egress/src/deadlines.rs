//! How long each stage of a request may take (S-07, R-08).

use std::fmt;
use std::time::Duration;

/// The longest each stage may take. None of them bounds a transfer as a whole: a body may flow for
/// hours, as long as it flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until the name is resolved. 5 seconds by default.
    pub resolve: Duration,
    /// From the resolved name until a TCP connection stands, shared by all addresses that are tried.
    /// 5 seconds by default.
    pub connect: Duration,
    /// From there until TLS stands. 5 seconds by default.
    pub tls: Duration,
    /// From the last byte of the request's body that was taken until the head of the answer, and
    /// between two parts of the body. 30 seconds by default.
    pub first_byte: Duration,
    /// Between two parts of the answer's body. 30 seconds by default.
    pub stall: Duration,
    /// The slowest that an answer's body may flow, as long as somebody waits for it.
    pub slowest: Pace,
}

/// A number of bytes in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The fewest bytes; 0 sets no bound.
    pub bytes: u64,
    /// The time.
    pub per: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(5),
            connect: Duration::from_secs(5),
            tls: Duration::from_secs(5),
            first_byte: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            slowest: Pace::default(),
        }
    }
}

/// 1 KiB a second, over a minute.
impl Default for Pace {
    fn default() -> Self {
        Self {
            bytes: 60 * 1024,
            per: Duration::from_secs(60),
        }
    }
}

/// The stage in which a request ran out of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// While the TCP connection was made.
    Connect,
    /// While TLS was set up on it.
    Tls,
    /// While the request's body was sent.
    Upload,
    /// While the head of the answer was awaited.
    FirstByte,
    /// Within the answer's body, which stood still.
    Body,
    /// Within the answer's body, which flowed, but below [`Deadlines::slowest`].
    Pace,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Tls => "setting up tls",
            Self::Upload => "sending the body",
            Self::FirstByte => "awaiting the answer",
            Self::Body => "reading the answer",
            Self::Pace => "reading an answer that trickles",
        })
    }
}

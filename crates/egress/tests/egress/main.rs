//! The door as its users see it, on loopback: real sockets, real TLS, scripted answers of DNS.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod answers;
mod corpus;
mod credentials;
mod dns;
mod environment;
mod errors;
mod hostile;
mod injection;
mod leaks;
mod lints;
mod names;
mod rebinding;
mod redirects;
mod replay;
mod runtimes;
mod support;
mod tls;
mod trust;
mod uploads;

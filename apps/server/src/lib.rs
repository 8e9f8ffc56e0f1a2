//! The Wharf server: HTTP in front of the `wharf` crate, and a command line.
//!
//! A handler parses, authorises and maps; it holds no rule. What an embedder of `wharf` would miss
//! does not belong here. [`routes`] is the place to start reading.

pub mod allocator;
pub mod cli;
pub mod error;
pub mod memory;
pub mod meters;
pub mod routes;
pub mod server;
pub mod state;
pub mod telemetry;

mod connection;
mod content;
mod cookies;
mod extract;
mod middleware;
mod openapi;
mod redaction;

#[cfg(test)]
mod testing;

pub use self::server::{configure, serve};

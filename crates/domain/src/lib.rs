//! Wharf's nouns, rules and ports.
//!
//! Everything else in the workspace is written in these words: services decide with them, adapters
//! implement the [`ports`], the server maps them to HTTP. This crate does no I/O and knows neither a
//! runtime, a database, an HTTP library nor a serialisation format; time and randomness come in
//! through [`time::Clock`] and [`random::Random`].

// The modules in reading order.
pub mod id;
pub mod random;
pub mod time;

pub mod environment;

pub mod provider;
pub mod text;

pub mod outside;
pub mod user;

pub mod operator_key;
pub mod replica;
pub mod session;

pub mod scopes;

pub mod connection;
pub mod credential;

pub mod step;

pub mod content;
pub mod content_version;
pub mod entity_tag;
pub mod item;
pub mod range;
pub mod sort;
pub mod verification;

pub mod conditions;

pub mod document;
pub mod erasure;
pub mod listing;
pub mod login_flow;
pub mod page;

pub mod idempotency;

pub mod context;
pub mod event;
pub mod trail;

pub mod ports;

#[cfg(feature = "conformance")]
pub mod conformance;

#[cfg(test)]
mod secrets_tests;

//! The client of authorization servers over real HTTP: against servers that answer as a test wants, and
//! against the simulated providers.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what tests share fails by panicking too"
)]

mod accounts;
mod authorize;
mod described;
mod issuers;
mod lost;
mod refusals;
mod requests;
mod revoke;
mod sandbox;
mod scripted;
mod secrets;
mod settings;
mod support;
mod token_answers;

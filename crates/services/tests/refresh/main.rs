//! Refreshing credentials, over two replicas on one set of rows, with providers and time that are
//! simulated: tables of what may happen, and seeded runs of everything at once.

#![expect(
    clippy::unwrap_used,
    reason = "what a test does outside its own function may fail by panicking too"
)]

mod coordinator;
mod flood;
mod link;
mod provider;
mod replica;
mod revoking;
mod rows;
mod simulation;
mod storage;
mod world;

wharf_domain::refreshes_conformance!(rows_conform, crate::rows::Rows::fresh().ports());

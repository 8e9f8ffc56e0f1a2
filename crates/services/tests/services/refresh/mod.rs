//! Refreshing credentials, over two replicas on one set of rows, with providers and time that are
//! simulated: tables of what may happen, and seeded runs of everything at once.

mod coordinator;
mod flood;
mod link;
mod provider;
pub(crate) mod replica;
mod revoking;
mod rows;
mod simulation;
mod storage;
pub(crate) mod world;

wharf_domain::refreshes_conformance!(rows_conform, crate::refresh::rows::Rows::fresh().ports());

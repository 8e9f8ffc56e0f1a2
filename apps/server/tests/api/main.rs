//! The product over HTTP and by its command line: the real server on real databases, beside a
//! simulated and a real WebDAV server. `cargo xtask test` starts what they need.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report; the lints' own exemption ends at helper functions"
)]

mod support;

mod accounts;
mod audit;
mod auth;
mod canaries;
mod cli;
mod cloud;
mod docs;
mod documents;
mod egress_explain;
mod erasure;
mod health;
mod ids;
mod keys;
mod main_job;
mod metrics;
mod protocol;
mod role_matrix;
mod streaming;
mod trail;
mod users;

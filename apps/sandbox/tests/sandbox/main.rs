//! The sandbox over real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report; the lints' own exemption ends at helper functions"
)]

mod client;
mod dialects;
mod odd;
mod program;
mod webdav;

//! The sandbox over real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report; the lints' own exemption ends at helper functions"
)]

mod application;
mod client;
mod control;
mod dialects;
mod drive;
mod faults;
mod google;
mod log;
mod microsoft;
mod nextcloud;
mod odd;
mod onedrive;
mod program;
mod tls;
mod webdav;
mod wire;

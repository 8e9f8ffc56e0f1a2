//! Access tokens as the rest of the system meets them.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the report; the lint's own exemption ends at helper functions"
)]

mod claims;
mod forgery;
mod headers;
mod issuing;
mod workshop;

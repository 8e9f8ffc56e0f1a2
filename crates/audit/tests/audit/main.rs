//! The audit crate as its callers see it: golden files that others made, mutations of whole trails, and
//! exports that come back as they went.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod exported;
mod fixture;
mod golden;
mod line;
mod mutations;
mod spelling;

//! The crate as its callers see it: sealed records, the key file, and that no key can be shown.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test stops at the first surprise, and its helpers are called in place"
)]

mod golden;
mod keyring_file;
mod left_in_memory;
mod live;
mod no_leaks;
mod records;
mod replay;
mod startup;

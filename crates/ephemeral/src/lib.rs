//! What has a time to live. For now that is one thing: the listings that were read lately.
//!
//! This crate knows no storage and no request; it keeps what it is given until it is too old, until
//! there is too much of it, or until it is told to forget.

mod memory;

pub use memory::MemoryListings;

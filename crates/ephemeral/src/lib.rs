//! What has a time to live. For now that is one thing: the listings that were read lately, kept in
//! this process or in a Redis that all replicas share (ADR 0011).
//!
//! This crate knows no storage and no request; it keeps what it is given until it is too old, until
//! there is too much of it, or until it is told to forget.

mod error;
mod memory;
mod outage;
mod redis;
mod stored;

pub use error::Error;
pub use memory::MemoryListings;
pub use redis::{RedisListings, RedisOptions};

//! What has a time to live, kept in this process or in a Redis that all replicas share: the listings
//! that were read lately, which may be lost at any time (ADR 0011), and records that are taken once,
//! which may not.
//!
//! This crate knows no storage and no request, and nothing of what its records say.

mod attempts;
mod error;
mod memory;
mod one_time;
mod outage;
mod redis;
mod redis_pool;
mod stored;

pub use attempts::{MemoryAttempts, RedisAttempts};
pub use error::Error;
pub use memory::MemoryListings;
pub use one_time::{MemoryRecords, RedisRecords};
pub use redis::{RedisListings, RedisOptions};

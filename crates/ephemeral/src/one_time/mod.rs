//! Records that are taken once: kept in this process, or in the Redis that replicas share.
//!
//! Unlike listings, a record that is lost is missed, and one that comes twice does harm: none is ever
//! dropped to make room, and where Redis is set up it is Redis or nothing.

mod memory;
mod redis;

pub use memory::MemoryRecords;
pub use redis::RedisRecords;

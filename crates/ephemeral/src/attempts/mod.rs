//! Attempts that are counted for a while: in this process, or in the Redis that replicas share. A count
//! is never dropped to make room; what must not be counted is refused instead.

mod memory;
mod redis;

pub use memory::MemoryAttempts;
pub use redis::RedisAttempts;

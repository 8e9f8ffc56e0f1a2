//! The caches, the one-time records and the counts against the suites of their ports, and Redis when it fails.
//!
//! The address of a Redis comes from `WHARF_TEST_REDIS_URL`; every test has a key prefix of its own.
//! Tests that stop and start Redis do so with one that they start themselves.

#![expect(
    clippy::unwrap_used,
    reason = "what a test does outside its own function may fail by panicking too"
)]

mod attempts;
mod one_time;
mod outage;
mod redis;
mod server;

use std::sync::Arc;
use std::time::Duration;

use wharf_domain::conformance::ephemeral::Cache;
use wharf_ephemeral::MemoryListings;

/// Outlasts every test.
const LONG: Duration = Duration::from_secs(3600);

/// Ends within every test.
const SHORT: Duration = Duration::from_millis(5);

wharf_domain::ephemeral_conformance!(memory, crate::in_memory());
wharf_domain::ephemeral_conformance!(redis_conformance, crate::redis::fresh());

wharf_domain::one_time_conformance!(memory_records, crate::one_time::in_memory());
wharf_domain::one_time_conformance!(redis_records, crate::one_time::in_redis());

wharf_domain::attempts_conformance!(memory_attempts, crate::attempts::in_memory());
wharf_domain::attempts_conformance!(redis_attempts, crate::attempts::in_redis());

fn in_memory() -> Cache {
    let listings = Arc::new(MemoryListings::new(LONG));
    Cache {
        listings: listings.clone(),
        replica: listings,
        short_lived: Arc::new(MemoryListings::new(SHORT)),
    }
}

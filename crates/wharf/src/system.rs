//! The real clock and the real randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use wharf_domain::random::Random;
use wharf_domain::time::{Clock, Timestamp};

/// The operating system's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the Clock that everybody else takes"
        )]
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_unix_micros(i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = wharf_crypto::random::fill(bytes) {
            // Weak bytes would be worse than none (K-01).
            tracing::error!(%error, "the operating system gives no randomness");
            std::process::abort();
        }
    }
}

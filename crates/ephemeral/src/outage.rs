//! Whether Redis answers. An outage is told once when it begins and once when it ends, however many
//! requests meet it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Remembers whether the last call failed.
#[derive(Debug, Default)]
pub(crate) struct Outage(AtomicBool);

impl Outage {
    /// Takes note of a call that failed.
    pub(crate) fn failed(&self, error: &dyn fmt::Display) {
        if !self.0.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "Redis fails: listings are read from their storages until it answers again");
        }
    }

    /// Takes note of a call that succeeded.
    pub(crate) fn succeeded(&self) {
        // Read first, so that the usual case writes nothing that other threads share.
        if self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed) {
            tracing::info!("Redis answers again");
        }
    }
}

//! Waiting for what happens behind the server's back: bounded, and no test passes by having waited.

use std::time::Duration;

pub(crate) const ATTEMPTS: usize = 1_000;
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// Asks until the answer is yes.
///
/// # Panics
/// When it never is.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        for _ in 0..ATTEMPTS {
            if is_so() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{caller}: {what} never happened");
    }
}

//! Waiting for what happens behind the server's back: bounded, and no test passes by having waited.

use std::time::Duration;

const ATTEMPTS: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until the answer is yes.
///
/// # Panics
/// When it never is.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..ATTEMPTS {
        if is_so().await {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("never: {what}");
}

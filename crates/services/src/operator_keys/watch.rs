//! Looks whether the key file has changed, as long as the process lives, so that a key that an operator adds
//! or promotes is in force everywhere within moments.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wharf_crypto::LiveKeyring;

/// How often it is looked at: one call of the operating system.
const EVERY: Duration = Duration::from_secs(1);

/// Looks again and again, until it is told to stop.
pub async fn run(keyring: LiveKeyring, stopping: CancellationToken) {
    // What is wrong is said once, and not every second.
    let mut said = None;
    while stopping.run_until_cancelled(sleep(EVERY)).await.is_some() {
        match keyring.refresh() {
            Ok(true) => {
                let primary = keyring.current().primary_id();
                tracing::info!(%primary, "the keys were read again");
                said = None;
            }
            Ok(false) => said = None,
            Err(error) => {
                let words = error.to_string();
                if said.as_ref() != Some(&words) {
                    tracing::error!(%error, "the keys cannot be read; those from before stay in force");
                    said = Some(words);
                }
            }
        }
    }
}

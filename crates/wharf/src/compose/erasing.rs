//! Erasures, and the ledger by which deletions survive a restore.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wharf_domain::ports::deletion_ledger::DeletionLedger;
use wharf_services::erasures::Erasures;
use wharf_services::tasks::Tasks;
use wharf_storage_backends::{FileLedger, House};

use crate::settings::{LedgerPlace, Settings};

/// The pauses between two attempts to read the ledger.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(super) fn open_ledger(settings: &Settings, house: &House) -> Arc<dyn DeletionLedger> {
    match settings.deletion_ledger() {
        LedgerPlace::File(path) => Arc::new(FileLedger::at(path)),
        LedgerPlace::House => house.ledger(),
    }
}

/// Whether everybody whom the ledger tells of is deleted: nobody is served before (K-09).
#[derive(Clone, Debug, Default)]
pub(super) struct Replayed(Arc<AtomicBool>);

impl Replayed {
    /// Reads the ledger, and goes on trying in the background where that fails: a service that starts
    /// before what it needs is not to start over and over again.
    pub(super) async fn begin(erasures: &Erasures, tasks: &Tasks) -> Self {
        let this = Self::default();
        if this.attempt(erasures).await {
            return this;
        }
        let (replayed, erasures) = (this.clone(), erasures.clone());
        tasks.background(move |stopping| replayed.clone().insist(erasures.clone(), stopping));
        this
    }

    pub(super) fn is_done(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Waits until it is done, or the process ends.
    pub(super) async fn wait(&self, stopping: &CancellationToken) {
        while !self.is_done() && !stopping.is_cancelled() {
            stopping.run_until_cancelled(sleep(FIRST_PAUSE)).await;
        }
    }

    async fn insist(self, erasures: Erasures, stopping: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        while !self.is_done() {
            let rested = stopping.run_until_cancelled(sleep(pause)).await;
            if rested.is_none() || self.attempt(&erasures).await {
                return;
            }
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    async fn attempt(&self, erasures: &Erasures) -> bool {
        match erasures.replay().await {
            Ok(again) => {
                if again > 0 {
                    tracing::warn!(
                        accounts = again,
                        "deletions from before a restore were repeated"
                    );
                }
                self.0.store(true, Ordering::Release);
            }
            Err(error) => {
                let error = chain_of(&error);
                tracing::error!(%error, "the deletion ledger cannot be replayed; nobody is served until it is");
            }
        }
        self.is_done()
    }
}

/// The error with what caused it: the operator has to find out what the ledger lacks.
fn chain_of(error: &dyn std::error::Error) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        next = cause.source();
    }
    chain
}

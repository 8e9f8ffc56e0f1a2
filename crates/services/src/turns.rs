//! Turns at providers: so much at once at each of them, so that one that is slow or gone holds up no
//! other. It knows no work and no clock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wharf_domain::provider::Provider;

/// The turns of one kind of work in this process.
#[derive(Clone)]
pub(crate) struct Turns {
    at_once: usize,
    providers: Arc<Mutex<HashMap<Provider, Arc<Semaphore>>>>,
}

/// A turn, until it is dropped.
pub(crate) type Turn = OwnedSemaphorePermit;

impl Turns {
    /// So many turns at once at each provider.
    pub(crate) fn new(at_once: usize) -> Self {
        Self {
            at_once,
            providers: Arc::default(),
        }
    }

    /// A turn at this provider, once there is one. `None` only if turns are not given any more.
    pub(crate) async fn take(&self, provider: Provider) -> Option<Turn> {
        self.of(provider).acquire_owned().await.ok()
    }

    /// A turn at this provider, if there is one now.
    pub(crate) fn try_take(&self, provider: Provider) -> Option<Turn> {
        self.of(provider).try_acquire_owned().ok()
    }

    fn of(&self, provider: Provider) -> Arc<Semaphore> {
        let mut providers = self
            .providers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let turns = providers
            .entry(provider)
            .or_insert_with(|| Arc::new(Semaphore::new(self.at_once)));
        Arc::clone(turns)
    }
}

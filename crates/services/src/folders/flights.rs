//! One reading for all who want the same folder at the same time. It knows nothing of how a folder is
//! read.
//!
//! A reading runs to its end as a task of its own (ADR 0008): whoever hangs up, the others get what
//! they wait for. Nothing is kept once it has landed; that is the cache's business.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use wharf_domain::listing::Listing;
use wharf_domain::ports::listings::{Generation, ListingKey};

use crate::error::ServiceError;
use crate::meters::{self, ListingSource};
use crate::tasks::Tasks;

/// What a reading gave to all who waited for it.
pub(super) type Landed = Result<Arc<Listing>, Arc<ServiceError>>;

/// Which readings may be shared: those of one folder between two changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// The folder.
    pub(super) key: ListingKey,
    /// A reading that began before a change does not serve who asks after it.
    pub(super) generation: Generation,
    /// Whether the storage itself must be asked, and after the caller came.
    pub(super) fresh: bool,
}

/// The readings that are under way.
#[derive(Clone)]
pub(super) struct Flights {
    state: Arc<Mutex<State>>,
    tasks: Tasks,
}

#[derive(Default)]
struct State {
    begun: u64,
    under_way: HashMap<Route, Flight>,
}

/// A reading under way.
#[derive(Clone)]
struct Flight {
    /// Flights are numbered in the order in which they begin.
    number: u64,
    landed: watch::Receiver<Option<Landed>>,
}

/// What a caller finds.
enum Boarding {
    /// Somebody is reading already.
    UnderWay(Flight),
    /// Nobody is: the caller begins.
    Begun(Landing),
    /// Too much is being read to keep track of it.
    Full,
}

impl Flights {
    /// The most readings that are shared at the same time. Whoever wants another one reads for
    /// themselves, and gives up when they hang up.
    const MAX: usize = 1_000;

    /// No flight yet.
    pub(super) fn new(tasks: Tasks) -> Self {
        Self {
            state: Arc::default(),
            tasks,
        }
    }

    /// What `read` gives, or what somebody else's gives that is under way on this route. A caller who
    /// wants it fresh never gets a reading that began before they came.
    pub(super) async fn share<F>(&self, route: Route, read: impl Fn() -> F) -> Landed
    where
        F: Future<Output = Result<Arc<Listing>, ServiceError>> + Send + 'static,
    {
        let oldest = if route.fresh { self.state().begun } else { 0 };
        loop {
            match self.board(&route) {
                Boarding::UnderWay(flight) if flight.number >= oldest => {
                    meters::listed(ListingSource::Shared);
                    return flight.landed().await;
                }
                Boarding::UnderWay(too_old) => drop(too_old.landed().await),
                Boarding::Begun(landing) => {
                    meters::listed(ListingSource::Reading);
                    return self.fly(landing, read()).await;
                }
                Boarding::Full => {
                    meters::listed(ListingSource::Reading);
                    return read().await.map_err(Arc::new);
                }
            }
        }
    }

    fn board(&self, route: &Route) -> Boarding {
        let mut state = self.state();
        if let Some(flight) = state.under_way.get(route) {
            return Boarding::UnderWay(flight.clone());
        }
        if state.under_way.len() >= Self::MAX {
            return Boarding::Full;
        }
        let (announce, landed) = watch::channel(None);
        let number = state.begun;
        state.begun += 1;
        let flight = Flight { number, landed };
        state.under_way.insert(route.clone(), flight);
        Boarding::Begun(Landing {
            flights: self.clone(),
            route: route.clone(),
            outcome: Err(Arc::new(ServiceError::Aborted)),
            announce,
        })
    }

    async fn fly(
        &self,
        mut landing: Landing,
        reading: impl Future<Output = Result<Arc<Listing>, ServiceError>> + Send + 'static,
    ) -> Landed {
        let flight = async move {
            landing.outcome = reading.await.map_err(Arc::new);
            Ok(landing.outcome.clone())
        };
        self.tasks.complete(flight).await.map_err(Arc::new)?
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// Waits for the outcome, which there is even if the reading panicked.
    async fn landed(mut self) -> Landed {
        match self.landed.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(landed)) => landed.clone(),
            _ => Err(Arc::new(ServiceError::Aborted)),
        }
    }
}

/// Ends a flight when it is dropped: first nobody can board any more, then the outcome is told, so that
/// nobody gets an error who comes after it.
struct Landing {
    flights: Flights,
    route: Route,
    outcome: Landed,
    announce: watch::Sender<Option<Landed>>,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.flights.state().under_way.remove(&self.route);
        self.announce.send_replace(Some(self.outcome.clone()));
    }
}

#[cfg(test)]
mod tests;

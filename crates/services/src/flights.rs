//! One piece of work for all who want the same at the same time: a folder's reading, a credential's
//! renewal. It knows nothing of the work.
//!
//! The work runs to its end as a task of its own (ADR 0008): whoever hangs up, the others get what
//! they wait for. Nothing is kept once it has landed.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::error::ServiceError;
use crate::tasks::Tasks;

/// What the work gave to all who waited for it.
pub(crate) type Landed<V> = Result<V, Arc<ServiceError>>;

/// Whether a caller may join work that began before they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// Any that is under way.
    Any,
    /// Only what begins after they came.
    Later,
}

/// The work that is under way, by what it is about.
pub(crate) struct Flights<K, V> {
    state: Arc<Mutex<State<K, V>>>,
    tasks: Tasks,
}

struct State<K, V> {
    begun: u64,
    under_way: HashMap<K, Flight<V>>,
}

/// Work under way.
struct Flight<V> {
    /// Flights are numbered in the order in which they begin.
    number: u64,
    landed: watch::Receiver<Option<Landed<V>>>,
}

/// What a caller finds.
enum Boarding<K: Eq + Hash, V: Clone> {
    /// Somebody is at it already.
    UnderWay(Flight<V>),
    /// Nobody is: the caller begins.
    Begun(Landing<K, V>),
    /// Too much is under way to keep track of it.
    Full,
}

impl<K, V> Clone for Flights<K, V> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            tasks: self.tasks.clone(),
        }
    }
}

impl<K, V> fmt::Debug for Flights<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights").finish_non_exhaustive()
    }
}

impl<V> Clone for Flight<V> {
    fn clone(&self) -> Self {
        Self {
            number: self.number,
            landed: self.landed.clone(),
        }
    }
}

impl<K, V> Flights<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The most that is shared at the same time. Whoever wants something else works for themselves, and
    /// gives up when they hang up.
    pub(crate) const MAX: usize = 1_000;

    /// No flight yet.
    pub(crate) fn new(tasks: Tasks) -> Self {
        let state = State {
            begun: 0,
            under_way: HashMap::new(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            tasks,
        }
    }

    /// What `work` gives, or what somebody else's gives that is under way on this route.
    pub(crate) async fn share<F>(&self, route: K, join: Join, work: impl Fn() -> F) -> Landed<V>
    where
        F: Future<Output = Result<V, ServiceError>> + Send + 'static,
    {
        let oldest = match join {
            Join::Any => 0,
            Join::Later => self.state().begun,
        };
        loop {
            match self.board(&route) {
                Boarding::UnderWay(flight) if flight.number >= oldest => {
                    return flight.landed().await;
                }
                Boarding::UnderWay(too_old) => drop(too_old.landed().await),
                Boarding::Begun(landing) => return self.fly(landing, work()).await,
                Boarding::Full => return work().await.map_err(Arc::new),
            }
        }
    }

    fn board(&self, route: &K) -> Boarding<K, V> {
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
            state: Arc::clone(&self.state),
            route: route.clone(),
            outcome: Err(Arc::new(ServiceError::Aborted)),
            announce,
        })
    }

    async fn fly(
        &self,
        mut landing: Landing<K, V>,
        work: impl Future<Output = Result<V, ServiceError>> + Send + 'static,
    ) -> Landed<V> {
        let flight = async move {
            landing.outcome = work.await.map_err(Arc::new);
            Ok(landing.outcome.clone())
        };
        self.tasks.complete(flight).await.map_err(Arc::new)?
    }

    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        locked(&self.state)
    }
}

fn locked<K, V>(state: &Mutex<State<K, V>>) -> MutexGuard<'_, State<K, V>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<V: Clone> Flight<V> {
    /// Waits for the outcome, which there is even if the work panicked.
    async fn landed(mut self) -> Landed<V> {
        match self.landed.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(landed)) => landed.clone(),
            _ => Err(Arc::new(ServiceError::Aborted)),
        }
    }
}

/// Ends a flight when it is dropped: first nobody can board any more, then the outcome is told, so that
/// nobody gets an error who comes after it.
struct Landing<K: Eq + Hash, V: Clone> {
    state: Arc<Mutex<State<K, V>>>,
    route: K,
    outcome: Landed<V>,
    announce: watch::Sender<Option<Landed<V>>>,
}

impl<K: Eq + Hash, V: Clone> Drop for Landing<K, V> {
    fn drop(&mut self) {
        locked(&self.state).under_way.remove(&self.route);
        self.announce.send_replace(Some(self.outcome.clone()));
    }
}

#[cfg(test)]
mod tests;

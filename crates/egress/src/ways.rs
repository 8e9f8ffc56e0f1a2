//! Which runtime drives the connection that a request goes over (ADR 0021). Knows no URLs, rules or
//! requests.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{self, Handle};
use tokio_util::task::AbortOnDropHandle;

use crate::Connector;
use crate::transport::{self, Transport};

/// A pool of connections and the runtime that makes and drives them.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) connector: Connector,
    pub(crate) transport: Transport,
    pub(crate) runtime: Handle,
}

impl Way {
    fn over(connector: Connector) -> Self {
        let runtime = connector.runtime().clone();
        Self {
            transport: transport::over(connector.clone(), runtime.clone()),
            connector,
            runtime,
        }
    }
}

/// The ways to one class of addresses, one for each runtime. Clones share them.
///
/// A connection is driven by the lasting runtime, or carries the requests of its own runtime alone: none
/// ends under a request because another's runtime did.
#[derive(Clone, Debug)]
pub(crate) struct Ways {
    lasting: Way,
    others: Arc<Mutex<HashMap<runtime::Id, Other>>>,
}

/// The way of another runtime, with a task there that ends when the runtime does.
#[derive(Debug)]
struct Other {
    way: Way,
    life: AbortOnDropHandle<()>,
}

impl Ways {
    /// Ways over guarded connections. The connector's runtime is the one that outlives their use.
    pub(crate) fn over(connector: Connector) -> Self {
        Self {
            lasting: Way::over(connector),
            others: Arc::default(),
        }
    }

    /// The way for whatever is short: wherever it is asked, the connections are kept for all.
    pub(crate) fn lasting(&self) -> &Way {
        &self.lasting
    }

    /// The way for a long answer, whose reader is the runtime that this is called on: between the two,
    /// each of its parts would wake a thread on either side.
    pub(crate) fn here(&self) -> Way {
        match Handle::try_current() {
            Ok(runtime) if runtime.id() != self.lasting.runtime.id() => self.other(&runtime),
            _ => self.lasting.clone(),
        }
    }

    fn other(&self, runtime: &Handle) -> Way {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = others.get(&runtime.id()) {
            return other.way.clone();
        }
        others.retain(|_, other| !other.life.is_finished());
        let way = Way::over(self.lasting.connector.on(runtime.clone()));
        let other = Other {
            way: way.clone(),
            life: AbortOnDropHandle::new(runtime.spawn(pending())),
        };
        others.insert(runtime.id(), other);
        way
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Runtime;

    use crate::{Client, Exceptions, Options, Policy};

    use super::*;

    fn ways(lasting: &Runtime) -> Ways {
        let policy = Policy::new(Exceptions::default());
        let client = lasting.block_on(async { Client::new(policy, Options::default()) });
        Ways::over(client.unwrap().connector())
    }

    #[test]
    fn each_runtime_has_a_way_of_its_own_as_long_as_it_lives() {
        let lasting = Runtime::new().unwrap();
        let ways = ways(&lasting);
        let id_here = || ways.here().runtime.id();
        for _ in 0..3 {
            let worker = Runtime::new().unwrap();
            let id = worker.handle().id();
            assert_eq!(worker.block_on(async { [id_here(), id_here()] }), [id, id]);
        }
        assert_eq!(ways.others.lock().unwrap().len(), 1);
    }

    #[test]
    fn the_lasting_way_is_for_its_runtime_and_for_whoever_has_none() {
        let lasting = Runtime::new().unwrap();
        let ways = ways(&lasting);
        let id = lasting.handle().id();
        assert_eq!(ways.here().runtime.id(), id);
        assert_eq!(lasting.block_on(async { ways.here() }).runtime.id(), id);
        assert!(ways.others.lock().unwrap().is_empty());
    }
}

//! Counts requests, by handles that are looked up once: a request costs no allocation here.

use std::array;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use actix_web::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use wharf::meters::describe;

use super::table;
use crate::routes;

/// What a route is called that is none.
const UNKNOWN: &str = "unknown";

/// The methods that are told apart; any other is the last.
const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other",
];

/// The classes of statuses (RFC 9110, section 15).
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The meters of HTTP. Clones share them.
#[derive(Clone)]
pub(crate) struct HttpMeters(Arc<Handles>);

struct Handles {
    routes: HashMap<&'static str, Route>,
    unknown: Route,
    in_flight: Gauge,
    abandoned: Counter,
    received: Counter,
    sent: Counter,
    broken_up: Counter,
    broken_down: Counter,
}

impl HttpMeters {
    /// The meters of every route, on the recorder that is in place.
    pub(crate) fn new() -> Self {
        describe(table::TABLE);
        let routes = routes::TABLE.iter();
        Self(Arc::new(Handles {
            routes: routes.map(|row| (row.path, Route::new(row.path))).collect(),
            unknown: Route::new(UNKNOWN),
            in_flight: gauge!(table::IN_FLIGHT),
            abandoned: counter!(table::ABANDONED),
            received: counter!(table::RECEIVED),
            sent: counter!(table::SENT),
            broken_up: counter!(table::BROKEN_OFF, "direction" => "up"),
            broken_down: counter!(table::BROKEN_OFF, "direction" => "down"),
        }))
    }

    /// A request has come.
    pub(crate) fn begin(&self) -> Exchange {
        self.0.in_flight.increment(1);
        Exchange {
            meters: self.clone(),
            started: Instant::now(),
            is_answered: false,
        }
    }

    /// So many bytes of a request's body were read.
    pub(crate) fn received(&self, bytes: usize) {
        self.0.received.increment(bytes as u64);
    }

    /// So many bytes of an answer's body were sent.
    pub(crate) fn sent(&self, bytes: usize) {
        self.0.sent.increment(bytes as u64);
    }

    /// A request's body ended in the middle.
    pub(crate) fn upload_broke_off(&self) {
        self.0.broken_up.increment(1);
    }

    /// An answer's body ended in the middle.
    pub(crate) fn download_broke_off(&self) {
        self.0.broken_down.increment(1);
    }

    fn route(&self, pattern: Option<&str>) -> &Route {
        let known = pattern.and_then(|pattern| self.0.routes.get(pattern));
        known.unwrap_or(&self.0.unknown)
    }
}

impl fmt::Debug for HttpMeters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpMeters").finish_non_exhaustive()
    }
}

/// A request that has no answer yet; if it is dropped without one, its client has left.
pub(crate) struct Exchange {
    meters: HttpMeters,
    /// When it came.
    pub(crate) started: Instant,
    is_answered: bool,
}

impl Exchange {
    /// It has an answer with this status. `pattern` is the route's.
    pub(crate) fn answered(mut self, pattern: Option<&str>, method: &Method, status: StatusCode) {
        self.is_answered = true;
        let by_method = self.meters.route(pattern).of(method);
        by_method.requests(status).increment(1);
        by_method.duration().record(self.started.elapsed());
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.meters.0.in_flight.decrement(1);
        if !self.is_answered {
            self.meters.0.abandoned.increment(1);
        }
    }
}

/// The meters of one route. A series begins when there is something to tell of it.
struct Route([ByMethod; METHODS.len()]);

struct ByMethod {
    route: &'static str,
    method: &'static str,
    requests: [OnceLock<Counter>; CLASSES.len()],
    duration: OnceLock<Histogram>,
}

impl Route {
    fn new(route: &'static str) -> Self {
        Self(METHODS.map(|method| ByMethod {
            route,
            method,
            requests: array::from_fn(|_| OnceLock::new()),
            duration: OnceLock::new(),
        }))
    }

    fn of(&self, method: &Method) -> &ByMethod {
        let [known @ .., other] = &self.0;
        let mut known = known.iter();
        known
            .find(|meters| meters.method == method.as_str())
            .unwrap_or(other)
    }
}

impl ByMethod {
    fn requests(&self, status: StatusCode) -> &Counter {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        let class = class.min(CLASSES.len() - 1);
        #[expect(clippy::indexing_slicing, reason = "no class is beyond the last")]
        let (handle, class) = (&self.requests[class], CLASSES[class]);
        handle.get_or_init(|| {
            let (route, method) = (self.route, self.method);
            counter!(table::REQUESTS, "route" => route, "method" => method, "status" => class)
        })
    }

    fn duration(&self) -> &Histogram {
        self.duration.get_or_init(
            || histogram!(table::DURATION, "route" => self.route, "method" => self.method),
        )
    }
}

//! What was asked of the sandbox and how it answered, so that tests can count. Keeps no bodies and no
//! credentials.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::simulation::Simulation;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRequest {
    /// The method, as it came.
    pub method: String,
    /// The path, as it came: still percent-encoded, without the query.
    pub path: String,
    /// Whether an `Authorization` header came with it.
    pub has_credentials: bool,
    /// The status of the answer; `None` until its head is ready.
    pub status: Option<u16>,
}

/// The latest requests in order of arrival.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    latest: VecDeque<LoggedRequest>,
    dropped: usize,
}

impl RequestLog {
    /// Older requests than this many are dropped, so that a sandbox can run for days.
    const CAPACITY: usize = 100_000;

    /// The requests in order of arrival.
    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.entries().latest.iter().cloned().collect()
    }

    /// Enters a request that has arrived; gives its number.
    fn arrived(&self, request: LoggedRequest) -> usize {
        let mut entries = self.entries();
        if entries.latest.len() == Self::CAPACITY {
            entries.latest.pop_front();
            entries.dropped += 1;
        }
        entries.latest.push_back(request);
        entries.dropped + entries.latest.len() - 1
    }

    fn answered(&self, number: usize, status: u16) {
        let mut entries = self.entries();
        let index = number.checked_sub(entries.dropped);
        if let Some(request) = index.and_then(|index| entries.latest.get_mut(index)) {
            request.status = Some(status);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The middleware that enters every request.
pub(crate) async fn record(
    simulation: web::Data<Simulation>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let number = simulation.log.arrived(LoggedRequest {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        has_credentials: request.headers().contains_key(header::AUTHORIZATION),
        status: None,
    });
    let response = next.call(request).await?;
    simulation.log.answered(number, response.status().as_u16());
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: String) -> LoggedRequest {
        LoggedRequest {
            method: "GET".to_owned(),
            path,
            has_credentials: false,
            status: None,
        }
    }

    #[test]
    fn the_oldest_requests_make_room_and_answers_still_find_theirs() {
        let log = RequestLog::default();
        let first = log.arrived(request("/first".to_owned()));
        for number in 1..RequestLog::CAPACITY {
            log.arrived(request(format!("/{number}")));
        }
        let last = log.arrived(request("/last".to_owned()));
        log.answered(first, 500);
        log.answered(last, 207);

        let requests = log.requests();
        assert_eq!(requests.len(), RequestLog::CAPACITY);
        assert_eq!((&*requests[0].path, requests[0].status), ("/1", None));
        let newest = requests.last().unwrap();
        assert_eq!((&*newest.path, newest.status), ("/last", Some(207)));
    }
}

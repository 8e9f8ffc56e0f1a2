//! What was asked of the sandbox and how it answered, so that tests can count. Keeps no bodies and no
//! credentials.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use serde::Serialize;

use crate::clock::unix_ms;
use crate::simulation::Simulation;
use crate::subject::Subject;

/// One request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// Its place in the order of arrival, from 0.
    pub number: u64,
    /// When it began, by the sandbox's clock, in milliseconds since 1970.
    pub began_ms: u64,
    /// The method, as it came.
    pub method: String,
    /// The path, as it came: still percent-encoded, without the query.
    pub path: String,
    /// Whether an `Authorization` header came with it.
    pub has_credentials: bool,
    /// Whose account it is about, if it tells: an e-mail address, or a WebDAV user name.
    pub account: Option<String>,
    /// The `grant_type` of its form.
    pub grant_type: Option<String>,
    /// The SHA-256 digest, in hexadecimal, of the refresh token in its form.
    pub refresh_token_sha256: Option<String>,
    /// The faults that it met.
    pub faults: Vec<u64>,
    /// Whether what it asked was done, told or not: a status below 400, whatever became of the answer.
    pub took_effect: bool,
    /// The status of the answer; `None` until its head is ready, and where none was sent.
    pub status: Option<u16>,
}

/// The latest requests in order of arrival.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    latest: VecDeque<LoggedRequest>,
    /// The number of the next request.
    next: u64,
}

/// The number of a request, for those who handle it.
#[derive(Clone, Copy)]
pub(crate) struct RequestNumber(u64);

impl RequestLog {
    /// Older requests than this many are dropped, so that a sandbox can run for days.
    const CAPACITY: usize = 100_000;

    /// The requests in order of arrival.
    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.entries().latest.iter().cloned().collect()
    }

    /// Forgets them; those under way leave no trace any more.
    pub(crate) fn clear(&self) {
        self.entries().latest.clear();
    }

    /// Changes what is known of a request, unless it was forgotten.
    pub(crate) fn note(&self, request: RequestNumber, change: impl FnOnce(&mut LoggedRequest)) {
        let mut entries = self.entries();
        let place = entries
            .latest
            .binary_search_by_key(&request.0, |entry| entry.number);
        if let Some(entry) = place.ok().and_then(|place| entries.latest.get_mut(place)) {
            change(entry);
        }
    }

    /// Enters a request that has arrived.
    fn arrived(&self, request: LoggedRequest) -> RequestNumber {
        let mut entries = self.entries();
        if entries.latest.len() == Self::CAPACITY {
            entries.latest.pop_front();
        }
        let number = entries.next;
        entries.next += 1;
        entries
            .latest
            .push_back(LoggedRequest { number, ..request });
        RequestNumber(number)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The middleware that enters every request. Those behind it find a [`Subject`] and a [`RequestNumber`]
/// with the request.
pub(crate) async fn record(
    simulation: web::Data<Simulation>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let subject = Subject::of(&request, &simulation);
    let number = simulation.log.arrived(LoggedRequest {
        began_ms: unix_ms(simulation.clock.now()),
        method: request.method().to_string(),
        path: request.path().to_owned(),
        has_credentials: request.headers().contains_key(header::AUTHORIZATION),
        account: subject.account.clone(),
        grant_type: subject.grant_type.clone(),
        refresh_token_sha256: subject.refresh_token_sha256.clone(),
        ..LoggedRequest::default()
    });
    request.extensions_mut().insert(subject);
    request.extensions_mut().insert(number);
    next.call(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: String) -> LoggedRequest {
        LoggedRequest {
            method: "GET".to_owned(),
            path,
            ..LoggedRequest::default()
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
        log.note(first, |entry| entry.status = Some(500));
        log.note(last, |entry| entry.status = Some(207));

        let requests = log.requests();
        assert_eq!(requests.len(), RequestLog::CAPACITY);
        assert_eq!((&*requests[0].path, requests[0].status), ("/1", None));
        let newest = requests.last().unwrap();
        assert_eq!((&*newest.path, newest.status), ("/last", Some(207)));
    }

    #[test]
    fn a_cleared_log_goes_on_counting() {
        let log = RequestLog::default();
        let forgotten = log.arrived(request("/forgotten".to_owned()));
        log.clear();
        log.arrived(request("/kept".to_owned()));
        log.note(forgotten, |entry| entry.status = Some(200));
        let kept = LoggedRequest {
            number: 1,
            ..request("/kept".to_owned())
        };
        assert_eq!(log.requests(), [kept]);
    }
}

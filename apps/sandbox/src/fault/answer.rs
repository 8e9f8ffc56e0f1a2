//! Refusals on demand, in the words of whoever's route it is.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, HttpDate, RETRY_AFTER};

use super::kind::RetryAfter;
use crate::simulation::Simulation;
use crate::{google, microsoft, nextcloud};

const TEXT: &str = "The sandbox was told to answer so.";

/// The number behind `AADSTS` for an error that is nobody's fault.
const TRANSIENT: u32 = 90033;

/// The refusal of a request to this path.
pub(super) fn answer(
    simulation: &Simulation,
    path: &str,
    status: u16,
    error: Option<&str>,
    retry_after: Option<RetryAfter>,
) -> HttpResponse {
    let status = status_code(status);
    let is_below = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    let mut response = if path.contains("/oauth2/v2.0/") {
        let error = error.unwrap_or(oauth_code(status));
        microsoft::oauth_error(simulation, status, error, TRANSIENT, TEXT)
    } else if is_below(&["/token", "/revoke", "/o/oauth2/", "/oauth2/"]) {
        google::oauth_error(status, error.unwrap_or(oauth_code(status)), TEXT)
    } else if is_below(&["/drive/", "/upload/", "/resumable/", "/feeds/"]) {
        google::api_refusal(status, error.unwrap_or(drive_reason(status)))
    } else if is_below(&["/v1.0/", microsoft::LENT]) {
        let code = error.unwrap_or(graph_code(status));
        microsoft::graph_error(simulation, status, code, TEXT, None)
    } else if nextcloud::is_below(path) {
        nextcloud::refusal(path, status, TEXT)
    } else {
        HttpResponse::build(status).finish()
    };
    if let Some(value) = retry_after.and_then(|retry_after| written(simulation, retry_after)) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// The status of this number. One that is no status is a mistake in the order: 500 is its most visible
/// form.
pub(super) fn status_code(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn written(simulation: &Simulation, retry_after: RetryAfter) -> Option<HeaderValue> {
    let text = match retry_after {
        RetryAfter::Secs(secs) => secs.to_string(),
        RetryAfter::DateInSecs(secs) => {
            let date = simulation.clock.now() + Duration::from_secs(secs);
            HttpDate::from(date).to_string()
        }
    };
    HeaderValue::from_str(&text).ok()
}

/// RFC 6749, section 5.2
fn oauth_code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "invalid_client",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            "temporarily_unavailable"
        }
        status if status.is_server_error() => "server_error",
        _ => "invalid_request",
    }
}

/// <https://developers.google.com/workspace/drive/api/guides/handle-errors>
fn drive_reason(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "authError",
        StatusCode::FORBIDDEN => "userRateLimitExceeded",
        StatusCode::NOT_FOUND => "notFound",
        StatusCode::TOO_MANY_REQUESTS => "rateLimitExceeded",
        status if status.is_server_error() => "backendError",
        _ => "badRequest",
    }
}

/// <https://learn.microsoft.com/graph/errors>
fn graph_code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "InvalidAuthenticationToken",
        StatusCode::FORBIDDEN => "accessDenied",
        StatusCode::NOT_FOUND => "itemNotFound",
        StatusCode::CONFLICT => "nameAlreadyExists",
        StatusCode::GONE => "resyncRequired",
        StatusCode::PRECONDITION_FAILED => "resourceModified",
        StatusCode::RANGE_NOT_SATISFIABLE => "invalidRange",
        StatusCode::LOCKED => "resourceLocked",
        StatusCode::TOO_MANY_REQUESTS => "activityLimitReached",
        StatusCode::SERVICE_UNAVAILABLE => "serviceNotAvailable",
        StatusCode::INSUFFICIENT_STORAGE => "quotaLimitReached",
        status if status.is_server_error() => "generalException",
        _ => "invalidRequest",
    }
}

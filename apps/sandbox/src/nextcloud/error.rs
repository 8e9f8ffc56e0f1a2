//! How Nextcloud says no: its WebDAV in sabre/dav's XML, OCS in its envelope, and everything else in a
//! page. It must not know what was asked.

use actix_web::http::StatusCode;
use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{HttpResponse, web};

use super::files::set;
use super::{capabilities, ocs, xml};
use crate::body;

const BASIC: &str = r#"Basic realm="Nextcloud", charset="UTF-8""#;

/// Tells a client that it is not the file that is unavailable.
const MAINTENANCE: (&str, &str) = ("X-Nextcloud-Maintenance-Mode", "1");

/// A refusal of WebDAV.
pub(super) fn dav(status: StatusCode, message: &str) -> HttpResponse {
    let (exception, message) = (exception(status), xml::escaped(message));
    let mut answer = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((WWW_AUTHENTICATE, BASIC));
    }
    answer.content_type(xml::CONTENT_TYPE).body(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <d:error xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\">\n  \
         <s:exception>{exception}</s:exception>\n  <s:message>{message}</s:message>\n</d:error>\n"
    ))
}

/// The same, once the whole body of the request has come, so that no client sees a broken connection
/// instead.
pub(super) async fn dav_behind(
    payload: web::Payload,
    status: StatusCode,
    message: &str,
) -> HttpResponse {
    body::drain(payload).await;
    dav(status, message)
}

/// A refusal on demand of a request to this path, in the words of the part that it is for.
pub(crate) fn refusal(path: &str, status: StatusCode, message: &str) -> HttpResponse {
    // A gateway's status is not Nextcloud's: it comes from whatever stands before it.
    let is_gateways = matches!(
        status,
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT
    );
    if path.contains("/remote.php/") && !is_gateways {
        dav(status, message)
    } else if path.contains("/ocs/") && !is_gateways {
        ocs::refusal(path, status, message)
    } else {
        HttpResponse::build(status).finish()
    }
}

/// What an installation in maintenance answers to a request to this path.
pub(crate) fn maintenance(path: &str) -> HttpResponse {
    if path.ends_with("/status.php") {
        return HttpResponse::Ok().json(capabilities::status(true));
    }
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut answer = refusal(path, status, "System is in maintenance mode.");
    let (name, value) = MAINTENANCE;
    set(&mut answer, name, value);
    answer
}

/// What sabre/dav calls it.
fn exception(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => r"Sabre\DAV\Exception\BadRequest",
        StatusCode::UNAUTHORIZED => r"Sabre\DAV\Exception\NotAuthenticated",
        StatusCode::FORBIDDEN => r"Sabre\DAV\Exception\Forbidden",
        StatusCode::NOT_FOUND => r"Sabre\DAV\Exception\NotFound",
        StatusCode::METHOD_NOT_ALLOWED => r"Sabre\DAV\Exception\MethodNotAllowed",
        StatusCode::CONFLICT => r"Sabre\DAV\Exception\Conflict",
        StatusCode::PRECONDITION_FAILED => r"Sabre\DAV\Exception\PreconditionFailed",
        StatusCode::RANGE_NOT_SATISFIABLE => r"Sabre\DAV\Exception\RequestedRangeNotSatisfiable",
        StatusCode::LOCKED => r"OCA\DAV\Connector\Sabre\Exception\FileLocked",
        StatusCode::TOO_MANY_REQUESTS => r"OCA\DAV\Connector\Sabre\Exception\TooManyRequests",
        StatusCode::NOT_IMPLEMENTED => r"Sabre\DAV\Exception\NotImplemented",
        StatusCode::SERVICE_UNAVAILABLE => r"Sabre\DAV\Exception\ServiceUnavailable",
        StatusCode::INSUFFICIENT_STORAGE => r"Sabre\DAV\Exception\InsufficientStorage",
        _ => r"Sabre\DAV\Exception",
    }
}

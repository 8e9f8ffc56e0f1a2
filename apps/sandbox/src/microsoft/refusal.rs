//! How Graph says no, before it is said.
//! <https://learn.microsoft.com/graph/errors>

use std::io;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION};

use super::error::graph_error;
use crate::body::Unread;
use crate::simulation::Simulation;

/// A refusal in the making.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    inner_code: Option<&'static str>,
    /// Where the client is to go on.
    location: Option<String>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            inner_code: None,
            location: None,
        }
    }

    pub(super) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalidRequest", message)
    }

    /// A missing, expired or revoked access token.
    pub(super) fn invalid_token() -> Self {
        let message = "Lifetime validation failed, the token is expired.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "InvalidAuthenticationToken",
            message,
        )
    }

    /// A pre-authenticated address that came with a token, is too old, or was never issued.
    pub(super) fn unauthenticated() -> Self {
        let message = "The caller is not authenticated.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
    }

    /// An upload session that has expired, was ended or is complete, or that never was.
    pub(super) fn no_session() -> Self {
        let message = "The upload session was not found";
        Self::new(StatusCode::NOT_FOUND, "itemNotFound", message)
    }

    pub(super) fn denied() -> Self {
        let message = "Access is denied. Check credentials and try again.";
        Self::new(StatusCode::FORBIDDEN, "accessDenied", message)
    }

    pub(super) fn not_found() -> Self {
        let message = "The resource could not be found.";
        Self::new(StatusCode::NOT_FOUND, "itemNotFound", message)
    }

    pub(super) fn name_taken() -> Self {
        let message = "An item with the same name already exists under the parent";
        Self::new(StatusCode::CONFLICT, "nameAlreadyExists", message)
    }

    /// A path that Graph has nothing at.
    pub(super) fn no_segment(path: &str) -> Self {
        let message = format!("Resource not found for the segment '{path}'.");
        Self::new(StatusCode::NOT_FOUND, "itemNotFound", message)
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "The HTTP method is not supported for this resource.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "invalidRequest", message)
    }

    /// `If-Match` names another version than the one that is there.
    pub(super) fn modified() -> Self {
        let message = "ETag does not match current item's value";
        Self::new(StatusCode::PRECONDITION_FAILED, "resourceModified", message)
    }

    pub(super) fn quota_reached() -> Self {
        let message = "Insufficient Space Available";
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "quotaLimitReached",
            message,
        )
    }

    pub(super) fn not_supported(message: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "notSupported", message)
    }

    pub(super) fn length_required() -> Self {
        let message = "Content-Length is required.";
        Self::new(StatusCode::LENGTH_REQUIRED, "invalidRequest", message)
    }

    pub(super) fn too_large() -> Self {
        let message = "Maximum request length exceeded.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalidRequest", message)
    }

    /// A range that is not the one to come or to be read.
    pub(super) fn invalid_range(message: &str, inner_code: Option<&'static str>) -> Self {
        Self {
            inner_code,
            ..Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalidRange", message)
        }
    }

    /// A delta token of no use: everything has to be read once more, from there.
    pub(super) fn resync(location: String) -> Self {
        let message = "Resync required. Replace any local items with the server's version (including \
                       deletes) if you're sure that the service was up to date with your local changes \
                       when you last sync'd. Upload any local changes that the server doesn't know about.";
        Self {
            location: Some(location),
            inner_code: Some("resyncChangesApplyDifferences"),
            ..Self::new(StatusCode::GONE, "resyncRequired", message)
        }
    }

    /// A body that ended before its end; hardly anybody hears this.
    pub(super) fn cut_off() -> Self {
        Self::invalid_request("The request body ended early.")
    }

    pub(super) fn send(self, simulation: &Simulation) -> HttpResponse {
        let (status, inner) = (self.status, self.inner_code);
        let mut answer = graph_error(simulation, status, self.code, &self.message, inner);
        let location = self.location.and_then(|it| HeaderValue::from_str(&it).ok());
        if let Some(location) = location {
            answer.headers_mut().insert(LOCATION, location);
        }
        answer
    }
}

/// The sandbox's own disk fails.
impl From<Unread> for Refusal {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::CutOff => Self::cut_off(),
            Unread::TooLarge => Self::too_large(),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let message = format!("The sandbox could not do it: {error}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "generalException",
            message,
        )
    }
}

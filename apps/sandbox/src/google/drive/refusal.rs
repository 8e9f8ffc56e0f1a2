//! How Drive says no, in its own words.
//! <https://developers.google.com/workspace/drive/api/guides/handle-errors>

use std::fmt;
use std::io;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::body::Unread;
use crate::google::error::{Place, api_error_at};

/// A refusal in the making.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    reason: &'static str,
    message: String,
    place: Option<Place>,
}

impl Refusal {
    pub(super) fn new(
        status: StatusCode,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            reason,
            message: message.into(),
            place: None,
        }
    }

    /// The refusal of a parameter of the query.
    fn of_parameter(
        status: StatusCode,
        reason: &'static str,
        message: impl Into<String>,
        parameter: &'static str,
    ) -> Self {
        Self {
            place: Some(Place::Parameter(parameter)),
            ..Self::new(status, reason, message)
        }
    }

    pub(super) fn forbidden(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, reason, message)
    }

    pub(super) fn bad_request(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason, message)
    }

    /// A body that ended before its end; hardly anybody hears this.
    pub(super) fn cut_off() -> Self {
        Self::bad_request("badRequest", "Bad Request")
    }

    pub(super) fn unauthorized() -> Self {
        Self {
            place: Some(Place::Header("Authorization")),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "authError",
                "Request had invalid authentication credentials.",
            )
        }
    }

    pub(super) fn insufficient_scopes() -> Self {
        let message = "Insufficient Permission: Request had insufficient authentication scopes.";
        Self::forbidden("insufficientPermissions", message)
    }

    /// A file that is not there, or not for the caller: Drive makes no difference.
    pub(super) fn no_file(id: &str) -> Self {
        let message = format!("File not found: {id}.");
        Self::of_parameter(StatusCode::NOT_FOUND, "notFound", message, "fileId")
    }

    pub(super) fn no_drive(id: &str) -> Self {
        let message = format!("Shared drive not found: {id}");
        Self::of_parameter(StatusCode::NOT_FOUND, "notFound", message, "driveId")
    }

    /// The caller may see the file, and no more than that.
    pub(super) fn insufficient_permissions() -> Self {
        let message = "The user does not have sufficient permissions for this file.";
        Self::forbidden("insufficientFilePermissions", message)
    }

    pub(super) fn quota_exceeded() -> Self {
        let message = "The user's Drive storage quota has been exceeded.";
        Self::forbidden("storageQuotaExceeded", message)
    }

    /// A parameter that cannot be read.
    pub(super) fn invalid_value(parameter: &'static str) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self::of_parameter(status, "invalid", "Invalid Value", parameter)
    }

    pub(super) fn invalid_parameter(parameter: &'static str, message: String) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self::of_parameter(status, "invalidParameter", message, parameter)
    }

    pub(super) fn required(parameter: &'static str) -> Self {
        let message = format!("Required parameter: {parameter}");
        Self::of_parameter(StatusCode::BAD_REQUEST, "required", message, parameter)
    }

    pub(super) fn not_downloadable() -> Self {
        Self::of_parameter(
            StatusCode::FORBIDDEN,
            "fileNotDownloadable",
            "Only files with binary content can be directly downloaded. Use Export with Docs Editors \
             files.",
            "alt",
        )
    }

    pub(super) fn unsatisfiable_range() -> Self {
        Self {
            place: Some(Place::Header("Range")),
            ..Self::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "requestedRangeNotSatisfiable",
                "Request range not satisfiable",
            )
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_u16(), self.reason)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        api_error_at(self.status, self.reason, &self.message, self.place)
    }
}

/// The sandbox's own disk fails.
impl From<Unread> for Refusal {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::CutOff => Self::cut_off(),
            Unread::TooLarge => Self::bad_request("uploadTooLarge", "Request is too large."),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let message = format!("The sandbox could not do it: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "backendError", message)
    }
}

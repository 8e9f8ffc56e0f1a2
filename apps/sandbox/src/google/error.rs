//! How Google says no.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

/// What a refusal of Drive is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// A parameter of the query or the path.
    Parameter(&'static str),
    Header(&'static str),
}

/// The reasons that are about how much was asked for, not about what.
const OF_USAGE: [&str; 8] = [
    "dailyLimitExceeded",
    "downloadQuotaExceeded",
    "rateLimitExceeded",
    "sharingRateLimitExceeded",
    "storageQuotaExceeded",
    "teamDriveFileLimitExceeded",
    "uploadLimitExceeded",
    "userRateLimitExceeded",
];

/// A refusal of the OAuth endpoints (RFC 6749, section 5.2).
pub(crate) fn oauth_error(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({
        "error": error,
        "error_description": description,
    }))
}

/// A refusal of Drive.
/// <https://developers.google.com/workspace/drive/api/guides/handle-errors>
pub(super) fn api_error(status: StatusCode, reason: &str, message: &str) -> HttpResponse {
    api_error_at(status, reason, message, None)
}

/// The same, which also says what it is about.
pub(super) fn api_error_at(
    status: StatusCode,
    reason: &str,
    message: &str,
    place: Option<Place>,
) -> HttpResponse {
    let domain = if OF_USAGE.contains(&reason) {
        "usageLimits"
    } else {
        "global"
    };
    let mut error = json!({"message": message, "domain": domain, "reason": reason});
    if let (Some(place), Value::Object(members)) = (place, &mut error) {
        let (kind, name) = match place {
            Place::Parameter(name) => ("parameter", name),
            Place::Header(name) => ("header", name),
        };
        members.insert("locationType".to_owned(), kind.into());
        members.insert("location".to_owned(), name.into());
    }
    HttpResponse::build(status).json(json!({
        "error": {"code": status.as_u16(), "message": message, "errors": [error]},
    }))
}

/// What there is none of.
pub(super) async fn not_found() -> HttpResponse {
    api_error(StatusCode::NOT_FOUND, "notFound", "Not Found")
}

/// A refusal of Drive for this reason, in Google's own words where they are known.
pub(crate) fn api_refusal(status: StatusCode, reason: &str) -> HttpResponse {
    api_error(status, reason, words(reason))
}

fn words(reason: &str) -> &'static str {
    match reason {
        "authError" => "Invalid Credentials",
        "backendError" => "Internal Error",
        "cannotDownloadAbusiveFile" => {
            "This file has been identified as malware or spam and cannot be downloaded."
        }
        "dailyLimitExceeded" => "Daily Limit Exceeded",
        "downloadQuotaExceeded" => "The download quota for this file has been exceeded.",
        "insufficientFilePermissions" => {
            "The user does not have sufficient permissions for this file."
        }
        "notFound" => "File not found: .",
        "rateLimitExceeded" => "Rate Limit Exceeded",
        "storageQuotaExceeded" => "The user's Drive storage quota has been exceeded.",
        "teamDriveFileLimitExceeded" => "The file limit for this shared drive has been exceeded.",
        "userRateLimitExceeded" => "User Rate Limit Exceeded",
        _ => "The sandbox was told to answer so.",
    }
}

//! How Google says no.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

/// A refusal of the OAuth endpoints (RFC 6749, section 5.2).
pub(crate) fn oauth_error(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({
        "error": error,
        "error_description": description,
    }))
}

/// A refusal of Drive.
/// <https://developers.google.com/workspace/drive/api/guides/handle-errors>
pub(crate) fn api_error(status: StatusCode, reason: &str, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({
        "error": {
            "code": status.as_u16(),
            "message": message,
            "errors": [{"message": message, "domain": "global", "reason": reason}],
        }
    }))
}

/// What there is none of.
pub(super) async fn not_found() -> HttpResponse {
    api_error(StatusCode::NOT_FOUND, "notFound", "Not Found")
}

/// A missing, expired or revoked access token.
pub(super) fn unauthorized() -> HttpResponse {
    api_error(
        StatusCode::UNAUTHORIZED,
        "authError",
        "Request had invalid authentication credentials.",
    )
}

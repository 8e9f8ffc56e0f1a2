//! How Microsoft says no.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::simulation::Simulation;

/// A refusal of the token endpoint; `code` is the number behind `AADSTS`.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
pub(crate) fn oauth_error(
    simulation: &Simulation,
    status: StatusCode,
    error: &str,
    code: u32,
    text: &str,
) -> HttpResponse {
    let timestamp = timestamp(simulation);
    let (trace, correlation) = (simulation.random.uuid(), simulation.random.uuid());
    let description = format!(
        "AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
    );
    HttpResponse::build(status).json(json!({
        "error": error,
        "error_description": description,
        "error_codes": [code],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    }))
}

/// A refusal of Graph. <https://learn.microsoft.com/graph/errors>
pub(crate) fn graph_error(
    simulation: &Simulation,
    status: StatusCode,
    code: &str,
    message: &str,
) -> HttpResponse {
    let request = simulation.random.uuid();
    HttpResponse::build(status).json(json!({
        "error": {
            "code": code,
            "message": message,
            "innerError": {
                "date": timestamp(simulation).replace(' ', "T").replace('Z', ""),
                "request-id": request,
                "client-request-id": request,
            }
        }
    }))
}

/// The time there, to the second, with a space between date and time.
fn timestamp(simulation: &Simulation) -> String {
    let now = OffsetDateTime::from(simulation.clock.now());
    let text = now
        .replace_nanosecond(0)
        .ok()
        .and_then(|now| now.format(&Rfc3339).ok());
    text.unwrap_or_default().replace('T', " ")
}

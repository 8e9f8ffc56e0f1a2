//! How Microsoft says no.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use super::time::written;
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
    // Here a space stands between date and time.
    let timestamp = written(simulation.clock.now()).replace('T', " ");
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

/// A refusal of Graph; some have a second, closer code within.
/// <https://learn.microsoft.com/graph/errors>
pub(crate) fn graph_error(
    simulation: &Simulation,
    status: StatusCode,
    code: &str,
    message: &str,
    inner_code: Option<&str>,
) -> HttpResponse {
    let request = simulation.random.uuid();
    let mut inner = json!({
        "date": written(simulation.clock.now()).replace('Z', ""),
        "request-id": request,
        "client-request-id": request,
    });
    if let (Some(code), Some(members)) = (inner_code, inner.as_object_mut()) {
        members.insert("code".to_owned(), code.into());
    }
    HttpResponse::build(status).json(json!({
        "error": {"code": code, "message": message, "innerError": inner},
    }))
}

//! Where a client believes that the sandbox is, so that the addresses it is given lead back the way it
//! came, whatever stands in front.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderMap};

use crate::simulation::Simulation;

/// Scheme, host and port: the `Host` that the client wrote, and the scheme that a front names in
/// `X-Forwarded-Proto`; without a front it is the sandbox's own.
pub(crate) fn origin(simulation: &Simulation, request: &HttpRequest) -> String {
    let own = simulation.origin.split_once("://");
    let (own_scheme, own_host) = own.unwrap_or(("http", &simulation.origin));
    let forwarded = header(request.headers(), "x-forwarded-proto");
    let scheme = forwarded.filter(|scheme| ["http", "https"].contains(scheme));
    let host = header(request.headers(), HOST.as_str());
    let (scheme, host) = (scheme.unwrap_or(own_scheme), host.unwrap_or(own_host));
    format!("{scheme}://{host}")
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

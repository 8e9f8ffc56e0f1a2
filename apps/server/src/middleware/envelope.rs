//! What every answer has in common: a request id, careful headers, one line in the log, and for a
//! refusal a problem as its body. It stands around all routes, so that nothing gets out without it.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use wharf::domain::context::{Actor, ClientNetwork, Context, RequestId};

use super::client;
use super::head::Unsent;
use super::measured::Measured;
use super::unread::{Held, Holding};
use crate::error::chain::Chain;
use crate::error::problem::{MEDIA_TYPE, Problem};
use crate::error::{ApiError, Code};
use crate::extract::ClientAddress;
use crate::meters::Exchange;
use crate::state::Shared;

/// The longest path and query, in bytes (I-01).
const MAX_URI_BYTES: usize = 8 * 1024;

/// The largest header block, in bytes (I-01).
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// What a browser that shows an answer may do with it: nothing.
const CAREFUL: [(HeaderName, HeaderValue); 4] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Has a request answered, and completes the answer.
pub(crate) async fn envelope<B: MessageBody + 'static>(
    state: Shared,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let exchange = state.meters.begin();
    let id = state.wharf.new_request_id();
    let method = request.method().clone();
    let held = Held::of(&mut request, &state.meters);
    let address = client::address(&request, &state.trusted_proxies);
    let context = Context {
        actor: Actor::Anonymous,
        request: id,
        client: address.map(ClientNetwork::from),
    };
    request.extensions_mut().insert(context);
    request.extensions_mut().insert(ClientAddress(address));
    let response = match too_large_a_head(&request) {
        Some(code) => request.error_response(ApiError::new(code)),
        None => next.call(request).await?.map_into_boxed_body(),
    };
    let mut response = with_problem(response, id);
    add_headers(response.headers_mut(), id);
    conclude(&method, &response, exchange, id);
    Ok(response.map_body(|_, body| {
        let body = match method {
            Method::HEAD => BoxBody::new(Unsent(body.size())),
            _ => BoxBody::new(Measured::new(body, state.meters.clone())),
        };
        BoxBody::new(Holding::new(body, held))
    }))
}

/// Why the head of a request is more than is taken. One beyond 128 KiB never comes here: the HTTP
/// library refuses it with a bare 431.
fn too_large_a_head(request: &ServiceRequest) -> Option<Code> {
    let uri = request.uri().path_and_query();
    if uri.is_some_and(|uri| uri.as_str().len() > MAX_URI_BYTES) {
        return Some(Code::UriTooLong);
    }
    // Each with its colon, its space and the end of its line.
    let lines = request.headers().iter();
    let bytes: usize = lines
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    (bytes > MAX_HEADER_BYTES).then_some(Code::HeadersTooLarge)
}

/// The answer with a problem for its body, if it is a refusal. Its headers stay.
fn with_problem(response: ServiceResponse, id: RequestId) -> ServiceResponse {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    if is_page(&response) {
        return response;
    }
    let error = response.response().error();
    let problem = match error.and_then(|error| error.as_error::<ApiError>()) {
        Some(error) => {
            log_refusal(error, id);
            Problem::new(error, id)
        }
        None => Problem::of_code(Code::of_status(status), id),
    };
    response.map_body(|head, _| {
        head.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        BoxBody::new(problem.to_json())
    })
}

/// A person who came by a browser's link reads a page, not a problem.
fn is_page(response: &ServiceResponse) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

/// The only place that logs a refusal, with all that lies beneath it.
fn log_refusal(error: &ApiError, request_id: RequestId) {
    let reason = Chain(error);
    if error.code().status().is_server_error() {
        tracing::error!(%request_id, %reason, "refused");
    } else {
        tracing::debug!(%request_id, %reason, "refused");
    }
}

fn add_headers(headers: &mut HeaderMap, id: RequestId) {
    for (name, value) in CAREFUL {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// One line a request, and its figures: the route's pattern and never the path, which names people's things (L-03).
/// A content that is still being sent is not part of the duration.
fn conclude(
    method: &Method,
    response: &ServiceResponse,
    exchange: Exchange,
    request_id: RequestId,
) {
    let route = response.request().match_pattern();
    tracing::info!(
        %method,
        route = route.as_deref().unwrap_or("unknown"),
        status = response.status().as_u16(),
        duration_ms = exchange.started.elapsed().as_secs_f64() * 1000.0,
        %request_id,
        "request"
    );
    exchange.answered(route.as_deref(), method, response.status());
}

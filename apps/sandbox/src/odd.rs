//! What each [`Scenario`] sends, and `/odd/<scenario>/`, the paths that are odd from the start.

mod multistatus;
mod spoil;

use std::future;
use std::io;

use actix_web::http::header::{ContentType, LOCATION, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use dav_server::body::Body;
use futures_util::Stream;

use crate::authentication;
use crate::body;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::storage::{Answer, Storage};

pub use multistatus::{HUGE_ENTRIES, ORDINARY_FILE};

/// Where the odd paths are.
pub(crate) const BASE: &str = "/odd";

/// Where the redirect leads: a name that is nobody's (RFC 2606).
const ELSEWHERE: &str = "http://elsewhere.example/dav/";

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head>\
    <body><p>Nothing to see here.<br></body></html>\n";

/// A spoilt download sends no more than this, so that all of it fits the socket's buffer.
const MOST_BYTES: u64 = 32 * 1024;

/// Answers a request to an odd path.
pub(crate) async fn handle(
    simulation: web::Data<Simulation>,
    scenario: web::Path<(String, String)>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let Ok(scenario) = scenario.0.parse() else {
        return Ok(HttpResponse::NotFound().finish());
    };
    let base = format!("{BASE}/{scenario}");
    answer(scenario, &simulation.odd_storage, &base, &request, body).await
}

/// Answers a request as the scenario has it; where that is sound, from `storage`, whose top folder is
/// at `base`.
pub(crate) async fn answer(
    scenario: Scenario,
    storage: &Storage,
    base: &str,
    request: &HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let sound = |body| storage.answer(base, request, body);
    Ok(match scenario {
        Scenario::Html => page(StatusCode::OK),
        Scenario::HtmlAs207 => page(StatusCode::MULTI_STATUS),
        Scenario::Empty207 => HttpResponse::build(StatusCode::MULTI_STATUS).finish(),
        Scenario::TruncatedXml => multistatus::truncated(request),
        Scenario::EntityBomb => multistatus::entity_bomb(),
        Scenario::Doctype => multistatus::document_type(request),
        Scenario::ForeignHref => multistatus::foreign_hrefs(request),
        Scenario::EscapingHref => multistatus::escaping_hrefs(request),
        Scenario::Huge => multistatus::huge(request),
        Scenario::Stall => future::pending().await,
        Scenario::StallMidListing => multistatus::stalling(request),
        Scenario::StallMidBody if request.method() == Method::GET => {
            spoilt(sound(body).await?, spoil::stalling_after)
        }
        Scenario::CutBody if request.method() == Method::GET => {
            spoilt(sound(body).await?, spoil::cut_after)
        }
        Scenario::Full if request.method() == Method::PUT => full(body).await,
        Scenario::StallMidBody | Scenario::CutBody | Scenario::Full => sound(body).await?.send(),
        Scenario::ServerError => HttpResponse::InternalServerError().finish(),
        Scenario::Unavailable => HttpResponse::ServiceUnavailable()
            .insert_header((RETRY_AFTER, "7"))
            .finish(),
        Scenario::Unauthorized => authentication::unauthorized(),
        Scenario::Redirect => HttpResponse::TemporaryRedirect()
            .insert_header((LOCATION, ELSEWHERE))
            .finish(),
    })
}

fn page(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(ContentType::html())
        .body(PAGE)
}

/// A download of which only half arrives, then what `spoil` makes of the rest.
fn spoilt<S>(answer: Answer, spoil: impl FnOnce(u64, Body) -> S) -> HttpResponse
where
    S: Stream<Item = io::Result<Bytes>> + 'static,
{
    match answer.content_length() {
        Some(length) if answer.is_success() => {
            answer.send_through(|body| spoil(MOST_BYTES.min(length / 2), body))
        }
        _ => answer.send(),
    }
}

/// 507 (RFC 4918, section 11.5), once the whole body has come, so that no client sees a broken
/// connection instead.
async fn full(payload: web::Payload) -> HttpResponse {
    body::drain(payload).await;
    HttpResponse::build(StatusCode::INSUFFICIENT_STORAGE).finish()
}

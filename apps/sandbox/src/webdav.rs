//! `/dav/<user>/`: the accounts by WebDAV behind a password, as the dialect of the day has it.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;

use crate::authentication;
use crate::dialect::{self, Dialect};
use crate::fault::Terms;
use crate::odd;
use crate::simulation::Simulation;

/// Where the accounts are.
pub(crate) const BASE: &str = "/dav";

/// Where they are when they have moved.
pub(crate) const MOVED_BASE: &str = "/moved/dav";

/// Answers a request to an account: 401 without its credentials, 403 for another's account.
pub(crate) async fn handle(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    terms: web::ReqData<Terms>,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let dialect = simulation.dialect();
    if dialect == Some(Dialect::Redirecting) && request.path().starts_with(BASE) {
        return Ok(redirect(&simulation, &request));
    }
    let account = match authentication::open(&simulation, dialect, &request) {
        Ok(account) => account,
        Err(refused) => return Ok(refused.send(&simulation)),
    };
    let Some((base, username)) = account_in(request.path()) else {
        return Ok(HttpResponse::NotFound().finish());
    };
    if username != account.username {
        return Ok(HttpResponse::Forbidden().finish());
    }
    let base = format!("{base}/{username}");
    let storage = &account.storage;
    if let Some(scenario) = terms.odd {
        return odd::answer(scenario, storage, &base, &request, body).await;
    }
    let Some(dialect) = dialect else {
        return Ok(storage.answer(&base, &request, body).await?.send());
    };
    if let Some(refusal) = dialect::refusal(dialect, storage, &base, &request) {
        return Ok(refusal);
    }
    let answer = storage.answer(&base, &request, body).await?;
    dialect::written(dialect, answer, &request).await
}

/// To where the account is now.
fn redirect(simulation: &Simulation, request: &HttpRequest) -> HttpResponse {
    let rest = request.path().strip_prefix(BASE).unwrap_or_default();
    let status = match simulation.next_redirect() % 4 {
        0 => StatusCode::MOVED_PERMANENTLY,
        1 => StatusCode::FOUND,
        2 => StatusCode::TEMPORARY_REDIRECT,
        _ => StatusCode::PERMANENT_REDIRECT,
    };
    HttpResponse::build(status)
        .insert_header((LOCATION, format!("{MOVED_BASE}{rest}")))
        .finish()
}

/// The base and the user of a path.
pub(crate) fn account_in(path: &str) -> Option<(&'static str, String)> {
    let (base, rest) = [MOVED_BASE, BASE]
        .into_iter()
        .find_map(|base| Some((base, path.strip_prefix(base)?.strip_prefix('/')?)))?;
    let segment = rest.split('/').next()?;
    let username = percent_decode_str(segment).decode_utf8().ok()?;
    Some((base, username.into_owned()))
}

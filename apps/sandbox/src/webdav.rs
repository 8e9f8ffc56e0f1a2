//! `/dav/<user>/`: the accounts by WebDAV behind Basic authentication.

use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;

use crate::odd;
use crate::simulation::Simulation;

/// Where the accounts are.
pub(crate) const BASE: &str = "/dav";

/// Answers a request to an account: 401 without its credentials, 403 for another's account.
pub(crate) async fn handle(
    simulation: web::Data<Simulation>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Error> {
    let authorization = request.headers().get(AUTHORIZATION);
    let account = authorization.and_then(|value| simulation.accounts.open(value.as_bytes()));
    let Some((username, storage)) = account else {
        return Ok(unauthorized());
    };
    if account_in(request.path()).as_deref() != Some(&*username) {
        return Ok(HttpResponse::Forbidden().finish());
    }
    let base = format!("{BASE}/{username}");
    match simulation.fault() {
        Some(fault) => odd::answer(fault, &storage, &base, &request, body).await,
        None => Ok(storage.answer(&base, &request, body).await?.send()),
    }
}

/// 401 with the challenge of RFC 7617.
pub(crate) fn unauthorized() -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header((
            WWW_AUTHENTICATE,
            r#"Basic realm="sandbox", charset="UTF-8""#,
        ))
        .finish()
}

fn account_in(path: &str) -> Option<String> {
    let segment = path
        .strip_prefix(BASE)?
        .strip_prefix('/')?
        .split('/')
        .next()?;
    let username = percent_decode_str(segment).decode_utf8().ok()?;
    Some(username.into_owned())
}

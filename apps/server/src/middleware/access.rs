//! The access policy: who may come to an address, decided before anything else there, whatever the
//! method. It reads the token; nothing behind it does.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use wharf::domain::context::Context;
use wharf::domain::session::Identity;

use crate::error::{ApiError, Code};
use crate::extract::Caller;
use crate::routes::Who;
use crate::state::Shared;

/// Lets in those whom the address is for, and answers the others.
pub(crate) async fn admit<B: MessageBody + 'static>(
    who: Who,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match check(who, &request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(refusal) => Ok(request.error_response(refusal)),
    }
}

/// Nobody is served before everybody is deleted who was, for whoever asks may be one of them (K-09).
fn check_ready(request: &ServiceRequest) -> Result<(), ApiError> {
    let state = request.app_data::<Shared>();
    let is_ready = state.is_some_and(|state| state.wharf.is_replayed());
    if is_ready || !request.path().starts_with("/api/") {
        Ok(())
    } else {
        Err(Code::NotReady.into())
    }
}

async fn check(who: Who, request: &ServiceRequest) -> Result<(), ApiError> {
    check_ready(request)?;
    if who == Who::Anyone {
        return Ok(());
    }
    let context = request.extensions().get::<Context>().cloned();
    let context = context.ok_or(ApiError::new(Code::Internal))?;
    let user = authenticate(request, &context).await?;
    if !who.admits(user.role) {
        return Err(Code::RoleNotAllowed.into());
    }
    let context = context.as_user(user.id);
    request.extensions_mut().insert(Caller { user, context });
    Ok(())
}

async fn authenticate(request: &ServiceRequest, context: &Context) -> Result<Identity, ApiError> {
    let token = bearer_token(request.headers())?;
    let state = request.app_data::<Shared>();
    let state = state.ok_or(ApiError::new(Code::Internal))?;
    Ok(state.wharf.sessions().authenticate(context, token).await?)
}

/// The token of the one `Authorization` header.
fn bearer_token(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next().ok_or(ApiError::new(Code::TokenMissing))?;
    if values.next().is_some() {
        return Err(Code::TokenInvalid.into());
    }
    let value = value.to_str().map_err(|_| Code::TokenInvalid)?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => Ok(token.trim()),
        _ => Err(Code::TokenMissing.into()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn token_of(values: &[&'static str]) -> Result<String, Code> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        let token = bearer_token(&headers).map(str::to_owned);
        token.map_err(|error| error.code())
    }

    #[test]
    fn a_token_comes_in_exactly_one_authorization_header() {
        assert_eq!(token_of(&["Bearer a.b"]), Ok("a.b".to_owned()));
        assert_eq!(token_of(&["bearer a.b"]), Ok("a.b".to_owned()));
        for none in [&[][..], &["Basic YTpi"], &["Bearer"], &["a.b"]] {
            assert_eq!(token_of(none), Err(Code::TokenMissing), "{none:?}");
        }
        let twice = token_of(&["Bearer a.b", "Bearer a.b"]);
        assert_eq!(twice, Err(Code::TokenInvalid));
    }
}

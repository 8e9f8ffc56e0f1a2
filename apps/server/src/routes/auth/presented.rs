//! A refresh token as a client presents it: in a JSON body, or in a browser's cookie.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{cookie, origin};
use crate::error::{ApiError, Code};
use crate::extract::Json;
use crate::state::{Shared, State};

/// Beside those of a JSON body.
pub(super) const ERRORS: &[Code] = &[Code::OriginNotAllowed];

/// A refresh token in JSON.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshToken {
    /// The `refresh_token` of the last answer.
    #[schema(format = Password)]
    refresh_token: String,
}

/// Where a client keeps its refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Wherever it likes: the token travels in JSON.
    Body,
    /// In a cookie.
    Cookie,
}

/// What was presented.
pub(crate) enum Presented {
    /// A refresh token, and how it came.
    Token(SecretString, Carrier),
    /// Neither a body nor a cookie.
    Nothing,
}

impl FromRequest for Presented {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let cookie = cookie_of(request);
        let body = match payload {
            Payload::None => None,
            _ => Some(Json::<RefreshToken>::from_request(request, payload)),
        };
        Box::pin(async move {
            match (cookie?, body) {
                (None, None) => Ok(Self::Nothing),
                (Some(token), None) => Ok(Self::Token(token, Carrier::Cookie)),
                (None, Some(body)) => {
                    let Json(RefreshToken { refresh_token }) = body.await?;
                    Ok(Self::Token(refresh_token.into(), Carrier::Body))
                }
                (Some(_), Some(_)) => Err(ApiError::new(Code::InvalidRequest)
                    .saying("the refresh token comes in the body or in the cookie, not in both")),
            }
        })
    }
}

/// The token in the cookie, if a page may use it that is allowed to.
fn cookie_of(request: &HttpRequest) -> Result<Option<SecretString>, ApiError> {
    let state: &State = request
        .app_data::<Shared>()
        .ok_or(ApiError::new(Code::Internal))?;
    let token = cookie::read(request.headers(), state)?;
    if token.is_some() {
        origin::require_own(request, state)?;
    }
    Ok(token)
}

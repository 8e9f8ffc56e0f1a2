//! The cookie that holds a browser's refresh token: no script reads it, no other site sends it, and it
//! goes nowhere but to the addresses around sessions.

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::cookies::{self, Twice};
use crate::error::{ApiError, Code};
use crate::state::State;

/// The path that the cookie is sent to, with what lies beneath.
const PATH: &str = "/api/auth";

/// The cookie's name. Behind `__Secure-` a browser takes it from a secure page only (RFC 6265bis,
/// section 4.1.3.1).
const fn name(state: &State) -> &'static str {
    if state.plain_cookies {
        "wharf_refresh"
    } else {
        "__Secure-wharf_refresh"
    }
}

/// The header that makes a browser keep the refresh token for so long.
pub(super) fn keep(
    state: &State,
    token: &SecretString,
    life: Duration,
) -> Result<HeaderValue, ApiError> {
    set(state, token.expose_secret(), life)
}

/// The header that makes a browser forget the refresh token.
pub(super) fn forget(state: &State) -> Result<HeaderValue, ApiError> {
    set(state, "", Duration::ZERO)
}

fn set(state: &State, value: &str, life: Duration) -> Result<HeaderValue, ApiError> {
    let name = name(state);
    let secure = if state.plain_cookies { "" } else { "; Secure" };
    let age = life.as_secs();
    let text =
        format!("{name}={value}; Max-Age={age}; Path={PATH}; HttpOnly; SameSite=Strict{secure}");
    let header = HeaderValue::try_from(text);
    header.map_err(|error| ApiError::new(Code::Internal).caused_by(error))
}

/// The refresh token in a request's cookies. Other cookies may hold anything.
///
/// # Errors
/// If there are two.
pub(super) fn read(headers: &HeaderMap, state: &State) -> Result<Option<SecretString>, ApiError> {
    cookies::find(headers, name(state))
        .map_err(|Twice| ApiError::new(Code::InvalidRequest).saying("the cookie is there twice"))
}

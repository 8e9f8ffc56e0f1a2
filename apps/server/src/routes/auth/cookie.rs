//! The cookie that holds a browser's refresh token: no script reads it, no other site sends it, and it
//! goes nowhere but to the addresses around sessions.

use std::time::Duration;

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue, InvalidHeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

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
    let value = set(state, token.expose_secret(), life);
    value.map_err(|error| ApiError::new(Code::Internal).caused_by(error))
}

/// The header that makes a browser forget the refresh token.
pub(super) fn forget(state: &State) -> Result<HeaderValue, ApiError> {
    let value = set(state, "", Duration::ZERO);
    value.map_err(|error| ApiError::new(Code::Internal).caused_by(error))
}

fn set(state: &State, value: &str, life: Duration) -> Result<HeaderValue, InvalidHeaderValue> {
    let name = name(state);
    let secure = if state.plain_cookies { "" } else { "; Secure" };
    let age = life.as_secs();
    let text =
        format!("{name}={value}; Max-Age={age}; Path={PATH}; HttpOnly; SameSite=Strict{secure}");
    let mut header = HeaderValue::try_from(text)?;
    header.set_sensitive(true);
    Ok(header)
}

/// The refresh token in a request's cookies.
///
/// # Errors
/// If there are two: a browser lets other parts of the site set cookies of the same name, and nobody
/// could tell which is ours.
pub(super) fn read(headers: &HeaderMap, state: &State) -> Result<Option<SecretString>, ApiError> {
    let lines = headers
        .get_all(COOKIE)
        .filter_map(|line| line.to_str().ok());
    let mut values = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(name_of_it, _)| *name_of_it == name(state))
        .map(|(_, value)| value);
    let value = values.next();
    if values.next().is_some() {
        return Err(ApiError::new(Code::InvalidRequest).saying("the cookie is there twice"));
    }
    Ok(value.map(SecretString::from))
}

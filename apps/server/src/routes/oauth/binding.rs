//! The cookie that ties an authorization to the browser that began it (O-03). It travels back when the
//! provider sends the browser here, so it is `SameSite=Lax`.

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::cookies;
use crate::error::{ApiError, Code};
use crate::state::State;

/// The cookie's name. Behind `__Host-` a browser takes it from this very host and a secure page only
/// (RFC 6265bis, section 4.1.3.2).
const fn name(state: &State) -> &'static str {
    if state.plain_cookies {
        "wharf-oauth"
    } else {
        "__Host-wharf-oauth"
    }
}

/// The header that makes a browser keep the value for so long.
pub(super) fn keep(
    state: &State,
    value: &SecretString,
    life: Duration,
) -> Result<HeaderValue, ApiError> {
    let (name, value, age) = (name(state), value.expose_secret(), life.as_secs());
    let secure = if state.plain_cookies { "" } else { "; Secure" };
    let text = format!("{name}={value}; Max-Age={age}; Path=/; HttpOnly; SameSite=Lax{secure}");
    let header = HeaderValue::try_from(text);
    header.map_err(|error| ApiError::new(Code::Internal).caused_by(error))
}

/// The value in a request's cookies. One that is there twice is none: nobody could tell which is ours.
pub(super) fn read(headers: &HeaderMap, state: &State) -> Option<SecretString> {
    cookies::find(headers, name(state)).ok().flatten()
}

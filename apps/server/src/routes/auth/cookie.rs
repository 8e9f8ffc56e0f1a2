//! The cookie that holds a browser's refresh token: no script reads it, no other site sends it, and it
//! goes nowhere but to the addresses around sessions.

use std::time::Duration;

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};
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
/// If there are two: a browser lets other parts of the site set cookies of the same name, and nobody
/// could tell which is ours.
pub(super) fn read(headers: &HeaderMap, state: &State) -> Result<Option<SecretString>, ApiError> {
    find(headers, name(state))
}

fn find(headers: &HeaderMap, name: &str) -> Result<Option<SecretString>, ApiError> {
    let cookies = headers
        .get_all(COOKIE)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut values = cookies.filter_map(|cookie| {
        let named = cookie.trim_ascii().strip_prefix(name.as_bytes())?;
        named.strip_prefix(b"=")
    });
    let value = values.next();
    if values.next().is_some() {
        return Err(ApiError::new(Code::InvalidRequest).saying("the cookie is there twice"));
    }
    // What is no text is no token either.
    let text = |value| String::from_utf8_lossy(value).into_owned().into();
    Ok(value.map(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_whatever_cookies_there_are() {
        let read = |lines: &[&'static [u8]]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(COOKIE, HeaderValue::from_bytes(line).unwrap());
            }
            let token = find(&headers, "wharf_refresh").map_err(|error| error.code());
            token.map(|token| token.map(|token| token.expose_secret().to_owned()))
        };
        let found = Ok(Some("a-b_c".to_owned()));
        assert_eq!(read(&[b"wharf_refresh=a-b_c"]), found);
        assert_eq!(read(&[b"x;\xfc=\xff; wharf_refresh=a-b_c;y=z"]), found);
        assert_eq!(read(&[b"x=y", b"wharf_refresh=a-b_c"]), found);
        assert_eq!(read(&[]), Ok(None));
        for other in [
            &b"xwharf_refresh=a"[..],
            b"wharf_refresh2=a",
            b"wharf_refresh",
        ] {
            assert_eq!(read(&[other]), Ok(None));
        }
        let twice = read(&[b"wharf_refresh=a; wharf_refresh=a"]);
        assert_eq!(twice, Err(Code::InvalidRequest));
    }
}

//! Cookies as requests bring them (RFC 6265, section 5.4). Other parts of a site may set any.

use actix_web::http::header::{COOKIE, HeaderMap};
use secrecy::SecretString;

/// A cookie is there twice: a browser lets other parts of the site set cookies of the same name, and
/// nobody could tell which is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Twice;

/// The value of the cookie with this name.
pub(crate) fn find(headers: &HeaderMap, name: &str) -> Result<Option<SecretString>, Twice> {
    let cookies = headers
        .get_all(COOKIE)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut values = cookies.filter_map(|cookie| {
        let named = cookie.trim_ascii().strip_prefix(name.as_bytes())?;
        named.strip_prefix(b"=")
    });
    let value = values.next();
    if values.next().is_some() {
        return Err(Twice);
    }
    // What is no text is no secret of ours either.
    let text = |value| String::from_utf8_lossy(value).into_owned().into();
    Ok(value.map(text))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_value_is_found_among_whatever_cookies_there_are() {
        let read = |lines: &[&'static [u8]]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(COOKIE, HeaderValue::from_bytes(line).unwrap());
            }
            let value = find(&headers, "wharf_refresh");
            value.map(|value| value.map(|value| value.expose_secret().to_owned()))
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
        assert_eq!(read(&[b"wharf_refresh=a; wharf_refresh=a"]), Err(Twice));
    }
}

//! What a server's status means to us (RFC 9110, section 15; RFC 4918, section 11).

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::time::Timestamp;

use super::date::timestamp;

/// No server is waited for longer.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(600);

/// The failure that a status outside 2xx means where no operation knows better.
pub(crate) fn kind(status: u16, retry_after: Option<Duration>) -> StorageErrorKind {
    match status {
        401 => StorageErrorKind::CredentialRefused,
        403 => StorageErrorKind::Forbidden,
        // 409: the folder in which something was to be made is missing (RFC 4918, section 9.7.1).
        404 | 409 | 410 => StorageErrorKind::NotFound,
        412 => StorageErrorKind::AlreadyExists,
        413 => StorageErrorKind::TooLarge,
        423 => StorageErrorKind::Locked,
        429 => StorageErrorKind::RateLimited { retry_after },
        503 if retry_after.is_some() => StorageErrorKind::RateLimited { retry_after },
        507 => StorageErrorKind::Full,
        500..=599 => StorageErrorKind::Unavailable,
        _ => StorageErrorKind::WrongProtocol,
    }
}

/// How long the server asks to wait (RFC 9110, section 10.2.3). A date is compared with the server's
/// own clock, which the answer tells too.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => timestamp(text)?.since(date(headers, &DATE)?),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

/// The header's value as a date.
pub(crate) fn date(headers: &HeaderMap, name: &HeaderName) -> Option<Timestamp> {
    timestamp(text(headers, name)?)
}

/// The header's value as text.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(HeaderName, &str)]) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect();
        retry_after(&headers)
    }

    //
    #[test]
    fn patience_is_asked_for_in_seconds_or_by_date() {
        let date = (DATE, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[(RETRY_AFTER, "7")]), Some(Duration::from_secs(7)));
        assert_eq!(wait(&[(RETRY_AFTER, "86400")]), Some(MAX_RETRY_AFTER));
        let later = (RETRY_AFTER, "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(
            wait(&[date.clone(), later.clone()]),
            Some(Duration::from_secs(30))
        );
        let earlier = (RETRY_AFTER, "Sun, 06 Nov 1994 08:00:00 GMT");
        assert_eq!(wait(&[date, earlier]), Some(Duration::ZERO));
        assert_eq!(wait(&[later]), None);
        for odd in ["", "-1", "soon", "99999999999999999999"] {
            assert_eq!(wait(&[(RETRY_AFTER, odd)]), None, "{odd:?}");
        }
    }

    #[test]
    fn an_overloaded_server_is_told_from_a_broken_one() {
        let retry_after = Some(Duration::from_secs(7));
        assert_eq!(kind(503, None), StorageErrorKind::Unavailable);
        assert_eq!(
            kind(503, retry_after),
            StorageErrorKind::RateLimited { retry_after }
        );
        assert_eq!(
            kind(429, None),
            StorageErrorKind::RateLimited { retry_after: None }
        );
        assert_eq!(kind(307, None), StorageErrorKind::WrongProtocol);
        assert_eq!(kind(200, None), StorageErrorKind::WrongProtocol);
    }
}

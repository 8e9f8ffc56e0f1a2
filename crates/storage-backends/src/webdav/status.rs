//! What a server's status means to us (RFC 9110, section 15; RFC 4918, section 11).

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::time::Timestamp;

use crate::download::text;

use super::date::timestamp;

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

/// The header's value as a date.
pub(crate) fn date(headers: &HeaderMap, name: &HeaderName) -> Option<Timestamp> {
    timestamp(text(headers, name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

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

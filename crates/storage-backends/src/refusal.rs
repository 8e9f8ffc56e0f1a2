//! What a refusal by a provider's API means where its reason tells nothing that its status does not.

use std::time::Duration;

use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

/// The failure that a status outside 2xx means.
pub(crate) fn of_status(status: u16, retry_after: Option<Duration>) -> Fault {
    let kind = match status {
        // A refused access token says nothing about the grant.
        401 => StorageErrorKind::TokenExpired,
        403 => StorageErrorKind::Forbidden,
        404 | 410 => StorageErrorKind::NotFound,
        409 => StorageErrorKind::AlreadyExists,
        412 => StorageErrorKind::PreconditionFailed,
        413 => StorageErrorKind::TooLarge,
        416 => StorageErrorKind::RangeNotSatisfiable { total: None },
        423 => StorageErrorKind::Locked,
        // 509 is SharePoint's: the bandwidth is used up.
        429 | 509 => StorageErrorKind::RateLimited { retry_after },
        503 if retry_after.is_some() => StorageErrorKind::RateLimited { retry_after },
        507 => StorageErrorKind::Full,
        501 => StorageErrorKind::Unsupported,
        500..=599 => StorageErrorKind::Unavailable,
        // What we asked was not understood, and will not be understood the next time.
        _ => return Fault::of_status(StorageErrorKind::Unavailable, status).finally(),
    };
    Fault::of_status(kind, status)
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn a_status_tells_what_failed_and_whether_it_may_pass() {
        for (status, kind, is_passing) in [
            (400, StorageErrorKind::Unavailable, false),
            (401, StorageErrorKind::TokenExpired, false),
            (403, StorageErrorKind::Forbidden, false),
            (404, StorageErrorKind::NotFound, false),
            (409, StorageErrorKind::AlreadyExists, false),
            (412, StorageErrorKind::PreconditionFailed, false),
            (423, StorageErrorKind::Locked, false),
            (500, StorageErrorKind::Unavailable, true),
            (503, StorageErrorKind::Unavailable, true),
            (507, StorageErrorKind::Full, false),
        ] {
            let fault = of_status(status, None);
            assert_eq!((fault.kind.clone(), fault.is_passing()), (kind, is_passing));
        }
        let retry_after = Some(Duration::from_secs(7));
        for status in [429, 503, 509] {
            let limited = StorageErrorKind::RateLimited { retry_after };
            assert_eq!(of_status(status, retry_after).kind, limited, "{status}");
        }
    }
}

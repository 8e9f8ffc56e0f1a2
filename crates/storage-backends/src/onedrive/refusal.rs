//! What Graph's refusals mean. The code decides where it is a plain one, else the status; of an error's
//! text nothing goes on.
//! <https://learn.microsoft.com/graph/errors>

use std::time::Duration;

use serde::Deserialize;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::refusal::of_status;

/// The body of a refusal: `{"error": {"code": "itemNotFound", …}}`.
#[derive(Deserialize)]
pub(crate) struct Refused {
    error: RefusedFor,
}

#[derive(Deserialize)]
struct RefusedFor {
    code: String,
}

impl Refused {
    pub(crate) fn code(&self) -> &str {
        &self.error.code
    }
}

/// The failure that a status outside 2xx and the code in its body mean.
pub(crate) fn refusal(status: u16, code: Option<&str>, retry_after: Option<Duration>) -> Fault {
    if let Some(kind) = code.and_then(|code| kind_of_code(code, retry_after)) {
        return Fault::of_status(kind, status);
    }
    of_status(status, retry_after)
}

/// The failure that a code means whatever its status, and in what became of an order that was accepted.
pub(crate) fn kind_of_code(code: &str, retry_after: Option<Duration>) -> Option<StorageErrorKind> {
    Some(match code {
        "activityLimitReached" | "tooManyRequests" => StorageErrorKind::RateLimited { retry_after },
        "accessDenied" | "malwareDetected" | "notAllowed" => StorageErrorKind::Forbidden,
        "itemNotFound" => StorageErrorKind::NotFound,
        "nameAlreadyExists" => StorageErrorKind::AlreadyExists,
        "notSupported" => StorageErrorKind::Unsupported,
        "quotaLimitReached" | "insufficientStorage" => StorageErrorKind::Full,
        "resourceLocked" => StorageErrorKind::Locked,
        "resourceModified" => StorageErrorKind::PreconditionFailed,
        "serviceNotAvailable" => StorageErrorKind::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn a_plain_code_decides_whatever_the_status() {
        let limited = StorageErrorKind::RateLimited { retry_after: None };
        for (status, code, kind) in [
            (403, "activityLimitReached", limited),
            (403, "quotaLimitReached", StorageErrorKind::Full),
            (403, "accessDenied", StorageErrorKind::Forbidden),
            (400, "nameAlreadyExists", StorageErrorKind::AlreadyExists),
            (
                409,
                "resourceModified",
                StorageErrorKind::PreconditionFailed,
            ),
            (423, "resourceLocked", StorageErrorKind::Locked),
        ] {
            let fault = refusal(status, Some(code), None);
            assert_eq!(fault.kind, kind, "{status} {code}");
        }
    }

    #[test]
    fn a_status_is_enough_where_the_code_says_nothing() {
        for (status, kind) in [
            (401, StorageErrorKind::TokenExpired),
            (403, StorageErrorKind::Forbidden),
            (507, StorageErrorKind::Full),
        ] {
            for code in [None, Some(""), Some("generalException")] {
                assert_eq!(refusal(status, code, None).kind, kind, "{status}");
            }
        }
    }
}

//! What Google's refusals mean. The reason decides, for one status stands for many things; of an
//! error's text nothing goes on.
//! <https://developers.google.com/workspace/drive/api/guides/handle-errors>

use std::time::Duration;

use serde_json::Value;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::refusal::of_status;

/// The failure that a status outside 2xx and the reason in its body mean.
pub(crate) fn refusal(status: u16, body: Option<&Value>, retry_after: Option<Duration>) -> Fault {
    let reason = body.and_then(reason).unwrap_or_default();
    let kind = match (status, reason) {
        (403 | 429, "rateLimitExceeded" | "userRateLimitExceeded" | "sharingRateLimitExceeded") => {
            StorageErrorKind::RateLimited { retry_after }
        }
        // Used up for the day: asking again would only be counted too.
        (
            403 | 429,
            "dailyLimitExceeded"
            | "dailyLimitExceededUnreg"
            | "downloadQuotaExceeded"
            | "quotaExceeded",
        ) => {
            let kind = StorageErrorKind::RateLimited { retry_after };
            return Fault::of_status(kind, status).finally();
        }
        (
            403,
            "storageQuotaExceeded"
            | "teamDriveFileLimitExceeded"
            | "numChildrenInNonRootLimitExceeded"
            | "activeItemCreationLimitExceeded",
        ) => StorageErrorKind::Full,
        (403, "exportSizeLimitExceeded") => StorageErrorKind::TooLarge,
        (403, "parentNotAFolder") => StorageErrorKind::NotAFolder,
        (403, "cyclicFolderHierarchy") => StorageErrorKind::IntoItself,
        // 403 also of a scope that was not granted, of a file that is held to be harmful, and of all that
        // Google has not told us of.
        _ => return of_status(status, retry_after),
    };
    Fault::of_status(kind, status)
}

/// The first reason that an error names: `{"error": {"errors": [{"reason": "notFound", …}], …}}`.
fn reason(body: &Value) -> Option<&str> {
    body.get("error")?
        .get("errors")?
        .get(0)?
        .get("reason")?
        .as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(status: u16, reason: &str) -> Fault {
        let body = json!({"error": {"code": status, "message": "a secret",
            "errors": [{"domain": "global", "reason": reason, "message": "a secret"}]}});
        refusal(status, Some(&body), None)
    }

    //
    #[test]
    fn limits_that_pass_are_told_from_those_that_stay() {
        let limited = StorageErrorKind::RateLimited { retry_after: None };
        for (status, reason) in [
            (403, "userRateLimitExceeded"),
            (403, "rateLimitExceeded"),
            (429, "rateLimitExceeded"),
            (429, ""),
        ] {
            let fault = refused(status, reason);
            assert_eq!(
                (&fault.kind, fault.is_passing()),
                (&limited, true),
                "{reason}"
            );
        }
        for (reason, kind) in [
            ("downloadQuotaExceeded", limited.clone()),
            ("dailyLimitExceeded", limited),
            ("storageQuotaExceeded", StorageErrorKind::Full),
            ("teamDriveFileLimitExceeded", StorageErrorKind::Full),
            ("cannotDownloadAbusiveFile", StorageErrorKind::Forbidden),
            ("insufficientFilePermissions", StorageErrorKind::Forbidden),
            ("", StorageErrorKind::Forbidden),
        ] {
            let fault = refused(403, reason);
            assert_eq!(
                (&fault.kind, fault.is_passing()),
                (&kind, false),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_status_is_enough_where_there_is_no_reason() {
        for (status, kind) in [
            (401, StorageErrorKind::TokenExpired),
            (403, StorageErrorKind::Forbidden),
            (503, StorageErrorKind::Unavailable),
        ] {
            assert_eq!(refusal(status, None, None).kind, kind, "{status}");
            assert_eq!(refusal(status, Some(&json!("<html>")), None).kind, kind);
        }
    }
}

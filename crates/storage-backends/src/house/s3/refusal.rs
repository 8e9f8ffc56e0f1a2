//! What an S3 server's answer, or that there was none, means to the house. It knows no request.

use std::sync::Arc;

use http::StatusCode;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::Error as EgressError;

use crate::fault::kind_of_egress;

/// A refusal that the object store would not tell from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::house) enum Refusal {
    /// Other bytes arrived than were sent.
    #[error("the server got other bytes than were sent")]
    OtherBytes,
    /// There is no room left.
    #[error("the server has no room")]
    Full,
    /// The content is too large.
    #[error("the server does not take contents of this size")]
    TooLarge,
}

impl Refusal {
    /// What is refused by an answer of this status and text; `None` if the status says it all. The codes are
    /// those of S3, of MinIO and of Ceph.
    pub(super) fn told(status: StatusCode, text: &[u8]) -> Option<Self> {
        match (status, code(text)?) {
            (
                StatusCode::BAD_REQUEST,
                "BadDigest" | "XAmzContentSHA256Mismatch" | "XAmzContentChecksumMismatch",
            ) => Some(Self::OtherBytes),
            (_, "EntityTooLarge") => Some(Self::TooLarge),
            (_, "QuotaExceeded" | "XMinioStorageFull" | "XMinioAdminBucketQuotaExceeded") => {
                Some(Self::Full)
            }
            _ => None,
        }
    }

    /// What it means.
    pub(in crate::house) const fn kind(self) -> StorageErrorKind {
        match self {
            Self::OtherBytes => StorageErrorKind::IntegrityMismatch,
            Self::Full => StorageErrorKind::Full,
            Self::TooLarge => StorageErrorKind::TooLarge,
        }
    }
}

/// The code in a refusal: `<Code>NoSuchKey</Code>`.
fn code(text: &[u8]) -> Option<&str> {
    let (_, rest) = str::from_utf8(text).ok()?.split_once("<Code>")?;
    Some(rest.split_once("</Code>")?.0)
}

/// A request got no answer, or not all of it.
#[derive(Clone, Debug, thiserror::Error)]
#[error(transparent)]
pub(in crate::house) struct Unanswered(pub(super) Arc<EgressError>);

impl Unanswered {
    /// What it means: the address is the operator's, so that nobody else learns what is wrong with it.
    pub(in crate::house) fn kind(&self) -> StorageErrorKind {
        match kind_of_egress(&self.0) {
            StorageErrorKind::AddressRefused(_) => StorageErrorKind::Failed,
            kind => kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_known_by_its_code() {
        let told = |status: u16, text: &str| {
            Refusal::told(StatusCode::from_u16(status).unwrap(), text.as_bytes())
        };
        let error = |code: &str| format!("<?xml?><Error><Code>{code}</Code><Key>a</Key></Error>");
        for (status, code, expected) in [
            (400, "BadDigest", Some(Refusal::OtherBytes)),
            (400, "XAmzContentSHA256Mismatch", Some(Refusal::OtherBytes)),
            (400, "EntityTooLarge", Some(Refusal::TooLarge)),
            (507, "XMinioStorageFull", Some(Refusal::Full)),
            (403, "QuotaExceeded", Some(Refusal::Full)),
            (403, "AccessDenied", None),
            (503, "SlowDown", None),
        ] {
            assert_eq!(told(status, &error(code)), expected, "{code}");
        }
        assert_eq!(told(400, "BadDigest"), None);
        assert_eq!(told(507, ""), None);
    }
}

//! What the end of a call says of the host that was asked, and of the account it was asked about. It
//! knows statuses, and no protocol's reasons.

use std::time::Duration;

use wharf_domain::ports::storage::StorageErrorKind;

use crate::breaker::Said;
use crate::fault::{Fault, UnwantedStatus};

/// What a call said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) host: Said,
    pub(crate) account: Said,
}

impl Verdict {
    const WELL: Self = Self {
        host: Said::Well,
        account: Said::Well,
    };

    const NOTHING: Self = Self {
        host: Said::Nothing,
        account: Said::Nothing,
    };

    /// What an answer of this status says, which asks to be waited for so long.
    pub(crate) fn of_status(status: u16, wait: Option<Duration>) -> Self {
        match status {
            // 509 is SharePoint's: the bandwidth is used up.
            429 | 509 => Self::limited(wait),
            // Whatever the account's storage cannot do, or has no room for.
            501 | 505..=508 | 510.. => Self::WELL,
            503 if wait.is_some() => Self {
                host: Said::Failed(StorageErrorKind::Unavailable),
                ..Self::limited(wait)
            },
            500.. => Self::failed(StorageErrorKind::Unavailable),
            _ => Self::WELL,
        }
    }

    /// What a failure says. Whatever a request came to by no fault of the host's is well.
    pub(crate) fn of_fault(fault: &Fault) -> Self {
        let status = fault.source::<UnwantedStatus>().map(|status| status.0);
        match &fault.kind {
            // One that is used up for the day is a project's or a file's.
            StorageErrorKind::RateLimited { .. } if fault.is_final() => Self::WELL,
            StorageErrorKind::RateLimited { retry_after } => match status {
                Some(503) => Self::of_status(503, *retry_after),
                _ => Self::limited(*retry_after),
            },
            StorageErrorKind::Unavailable if fault.is_final() => Self::WELL,
            kind @ (StorageErrorKind::Unavailable
            | StorageErrorKind::Unreachable
            | StorageErrorKind::TimedOut) => Self::failed(kind.clone()),
            // Of a call that is not made nothing breaks off.
            StorageErrorKind::Interrupted => Self::failed(StorageErrorKind::Unavailable),
            // Nobody was asked, or not to the end.
            StorageErrorKind::AddressRefused(_) | StorageErrorKind::UploadInterrupted => {
                Self::NOTHING
            }
            _ => Self::WELL,
        }
    }

    fn failed(kind: StorageErrorKind) -> Self {
        Self {
            host: Said::Failed(kind.clone()),
            account: Said::Failed(kind),
        }
    }

    /// A limit is the account's, as far as anybody tells; a host that has one answers well. Where it is not
    /// told how long it lasts, several of them are too many.
    fn limited(wait: Option<Duration>) -> Self {
        let account = match wait {
            Some(wait) => Said::Limited(wait),
            None => Said::Failed(StorageErrorKind::RateLimited { retry_after: None }),
        };
        Self {
            host: Said::Well,
            account,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Option<Duration> = Some(Duration::from_secs(7));

    fn failed(kind: StorageErrorKind) -> Verdict {
        Verdict::failed(kind)
    }

    // a person's own trouble, whatever its status, is nobody's rest.
    #[test]
    fn a_host_in_trouble_is_told_from_a_refusal() {
        for status in [200, 206, 308, 400, 401, 403, 404, 409, 416, 423, 501, 507] {
            assert_eq!(Verdict::of_status(status, None), Verdict::WELL, "{status}");
        }
        for status in [500, 502, 503, 504] {
            let expected = failed(StorageErrorKind::Unavailable);
            assert_eq!(Verdict::of_status(status, None), expected, "{status}");
        }
        for (fault, expected) in [
            (StorageErrorKind::NotFound.into(), Verdict::WELL),
            (StorageErrorKind::TokenExpired.into(), Verdict::WELL),
            (StorageErrorKind::CredentialRefused.into(), Verdict::WELL),
            (StorageErrorKind::Full.into(), Verdict::WELL),
            (StorageErrorKind::UploadInterrupted.into(), Verdict::NOTHING),
            (
                // What we asked was not understood.
                Fault::of_status(StorageErrorKind::Unavailable, 400).finally(),
                Verdict::WELL,
            ),
            (
                Fault::of_status(StorageErrorKind::Unavailable, 500),
                failed(StorageErrorKind::Unavailable),
            ),
            (
                StorageErrorKind::Unreachable.into(),
                failed(StorageErrorKind::Unreachable),
            ),
            (
                StorageErrorKind::TimedOut.into(),
                failed(StorageErrorKind::TimedOut),
            ),
            (
                StorageErrorKind::Interrupted.into(),
                failed(StorageErrorKind::Unavailable),
            ),
        ] {
            let told = format!("{fault:?}");
            assert_eq!(Verdict::of_fault(&fault), expected, "{told}");
        }
    }

    //
    #[test]
    fn a_limit_is_the_account_s_and_an_overload_also_the_host_s() {
        let limited = |retry_after, status| {
            let kind = StorageErrorKind::RateLimited { retry_after };
            Verdict::of_fault(&Fault::of_status(kind, status))
        };
        let of_account = Verdict {
            host: Said::Well,
            account: Said::Limited(Duration::from_secs(7)),
        };
        let of_both = Verdict {
            host: Said::Failed(StorageErrorKind::Unavailable),
            account: Said::Limited(Duration::from_secs(7)),
        };
        assert_eq!(Verdict::of_status(429, WAIT), of_account);
        assert_eq!(limited(WAIT, 403), of_account);
        assert_eq!(Verdict::of_status(503, WAIT), of_both);
        assert_eq!(limited(WAIT, 503), of_both);
        let unmeasured = limited(None, 429);
        assert_eq!(unmeasured.host, Said::Well);
        assert!(matches!(unmeasured.account, Said::Failed(_)));
        let used_up = StorageErrorKind::RateLimited { retry_after: WAIT };
        let used_up = Fault::of_status(used_up, 403).finally();
        assert_eq!(Verdict::of_fault(&used_up), Verdict::WELL);
    }
}

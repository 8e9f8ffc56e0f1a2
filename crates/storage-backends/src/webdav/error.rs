//! Failures as a WebDAV server tells them. What the server said stays behind: no message repeats its text,
//! a path or a URL.

use std::time::Duration;

use reqwest::header::HeaderName;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Error as EgressError, Response, retry_after};

use crate::fault::{Fault, UnwantedStatus, kind_of_egress};

use super::multistatus::Malformed;
use super::propfind::{self, Responses};
use super::status;

const MAINTENANCE: HeaderName = HeaderName::from_static("x-nextcloud-maintenance-mode");

/// The failure that an answer's status tells.
pub(crate) fn of_answer(answer: &Response) -> Fault {
    let status = answer.status().as_u16();
    Fault::of_status(status::kind(status, wait(answer)), status)
}

/// How long the server asks to be waited for.
///
/// Nextcloud asks for two minutes while it is being maintained, which says nothing of how long that takes:
/// nobody is turned away for asking.
pub(crate) fn wait(answer: &Response) -> Option<Duration> {
    if answer.headers().contains_key(MAINTENANCE) {
        return None;
    }
    // A date is compared with the server's own clock, which the answer tells too.
    retry_after(answer.headers(), None)
}

/// The status of what stood in the way within a folder, the first of those that a multistatus tells (RFC 4918,
/// sections 9.6.1, 9.8.5 and 9.9.4).
pub(crate) async fn failed_within(answer: Response) -> Result<Option<u16>, Fault> {
    let mut responses = Responses::new(Box::pin(answer.bytes_stream()));
    while let Some(response) = responses.next().await? {
        if let Some(failed @ (0..=199 | 300..)) = response.status {
            return Ok(Some(failed));
        }
    }
    Ok(None)
}

/// Whether the server said that the item is elsewhere.
pub(crate) fn is_redirect(fault: &Fault) -> bool {
    match fault.source() {
        Some(UnwantedStatus(status)) => matches!(status, 300..=399),
        None => matches!(fault.source(), Some(EgressError::Redirect { .. })),
    }
}

impl From<propfind::Error> for Fault {
    fn from(error: propfind::Error) -> Self {
        if let Some(beneath) = error.beneath::<EgressError>() {
            let kind = match beneath {
                // Only a multistatus is bounded, and it grows with the entries of a folder.
                EgressError::BodyTooLarge { .. } => StorageErrorKind::TooManyEntries,
                other => kind_of_egress(other),
            };
            return Self::from(kind).caused_by(beneath.to_string());
        }
        let kind = match &error {
            propfind::Error::Malformed(Malformed::GivenUp) => StorageErrorKind::Interrupted,
            _ => StorageErrorKind::WrongProtocol,
        };
        // The XML reader's own messages quote the document, so only ours go on (L-03).
        match &error {
            propfind::Error::Xml(_) => Self::from(kind).caused_by(error.to_string()),
            _ => Self::from(kind).caused_by(error),
        }
    }
}

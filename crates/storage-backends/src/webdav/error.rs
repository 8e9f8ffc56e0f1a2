//! Why a call at a WebDAV server failed, in the domain's words. What the server said stays behind:
//! no message repeats its text, a path or a URL.

use std::error::Error;

use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_egress::{Error as EgressError, Response};

use crate::address::address_refusal;

use super::propfind;
use super::status;

/// A failure that does not know yet what it kept from happening.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: StorageErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// The failure that an answer's status tells.
    pub(crate) fn of_status(answer: &Response) -> Self {
        let status = answer.status();
        Self {
            kind: status::kind(status.as_u16(), status::retry_after(answer.headers())),
            source: Some(UnwantedStatus(status.as_u16()).into()),
        }
    }

    /// Whether the server said that the item is elsewhere.
    pub(crate) fn is_redirect(&self) -> bool {
        let Some(source) = &self.source else {
            return false;
        };
        match source.downcast_ref() {
            Some(UnwantedStatus(status)) => matches!(status, 300..=399),
            None => matches!(source.downcast_ref(), Some(EgressError::Redirect { .. })),
        }
    }

    /// Whether the server may have done what was asked all the same.
    pub(crate) const fn is_of_unknown_outcome(&self) -> bool {
        matches!(
            self.kind,
            StorageErrorKind::TimedOut
                | StorageErrorKind::Interrupted
                | StorageErrorKind::Unavailable
        )
    }

    /// The failure of this operation.
    pub(crate) fn of(self, operation: Operation) -> StorageError {
        let error = StorageError::new(self.kind, operation, Some(Provider::Webdav));
        match self.source {
            Some(source) => error.caused_by(source),
            None => error,
        }
    }
}

/// What stands beneath an error that a status told.
#[derive(Debug, thiserror::Error)]
#[error("the server answered {0}")]
struct UnwantedStatus(u16);

impl From<StorageErrorKind> for Fault {
    fn from(kind: StorageErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl From<EgressError> for Fault {
    fn from(error: EgressError) -> Self {
        Self {
            kind: kind_of_egress(&error),
            source: Some(error.into()),
        }
    }
}

impl From<propfind::Error> for Fault {
    fn from(error: propfind::Error) -> Self {
        if let Some(beneath) = error.beneath::<EgressError>() {
            return Self {
                kind: kind_of_egress(beneath),
                source: Some(beneath.to_string().into()),
            };
        }
        // The XML reader's own messages quote the document, so only ours go on (L-03).
        let source = match &error {
            propfind::Error::Xml(_) => error.to_string().into(),
            _ => error.into(),
        };
        Self {
            kind: StorageErrorKind::WrongProtocol,
            source: Some(source),
        }
    }
}

fn kind_of_egress(error: &EgressError) -> StorageErrorKind {
    match error {
        EgressError::Refused { refusal, .. } => {
            StorageErrorKind::AddressRefused(address_refusal(*refusal))
        }
        EgressError::Connect { .. } | EgressError::Tls { .. } => StorageErrorKind::Unreachable,
        EgressError::TimedOut { .. } => StorageErrorKind::TimedOut,
        EgressError::UploadSource { .. } => StorageErrorKind::UploadInterrupted,
        EgressError::Protocol { .. } | EgressError::Interrupted { .. } => {
            StorageErrorKind::Interrupted
        }
        // S-11: a server that sends us elsewhere is not the one that was meant.
        EgressError::Redirect { .. } => StorageErrorKind::WrongProtocol,
        // D-04: what we read ourselves was asked for as it is.
        EgressError::Coded { .. } => StorageErrorKind::WrongProtocol,
        // Only a multistatus is bounded, and it grows with the entries of a folder.
        EgressError::BodyTooLarge { .. } => StorageErrorKind::TooManyEntries,
        _ => StorageErrorKind::Unreachable,
    }
}

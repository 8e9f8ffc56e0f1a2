//! Why a call at a storage beyond the network failed, in the domain's words. It knows no protocol, and
//! nothing that a server said goes on.

use std::error::Error;

use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_egress::Error as EgressError;

use crate::address::address_refusal;

/// A failure that does not know yet what it kept from happening.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: StorageErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
    is_final: bool,
}

impl Fault {
    /// The same failure with what lies beneath.
    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same failure, of which trying again at once would only be more.
    pub(crate) fn finally(mut self) -> Self {
        self.is_final = true;
        self
    }

    /// A call that was not made: how the calls before it ended.
    pub(crate) fn unasked(kind: StorageErrorKind) -> Self {
        Self::from(kind).caused_by(NotAsked)
    }

    /// The failure that an answer's status means.
    pub(crate) fn of_status(kind: StorageErrorKind, status: u16) -> Self {
        Self::from(kind).caused_by(UnwantedStatus(status))
    }

    /// What lies beneath.
    pub(crate) fn source<E: Error + 'static>(&self) -> Option<&E> {
        self.source.as_ref()?.downcast_ref()
    }

    /// Whether trying again at once would only be more.
    pub(crate) const fn is_final(&self) -> bool {
        self.is_final
    }

    /// Whether the server may have done what was asked all the same.
    pub(crate) fn is_of_unknown_outcome(&self) -> bool {
        self.was_asked()
            && matches!(
                self.kind,
                StorageErrorKind::TimedOut
                    | StorageErrorKind::Interrupted
                    | StorageErrorKind::Unavailable
            )
    }

    /// Whether the same request may fare better in a moment. What took too long already would only take
    /// longer, and a rest after failures lasts longer than anybody here waits.
    pub(crate) fn is_passing(&self) -> bool {
        match self.kind {
            StorageErrorKind::RateLimited { .. } => !self.is_final,
            StorageErrorKind::Unavailable | StorageErrorKind::Interrupted => {
                !self.is_final && self.was_asked()
            }
            _ => false,
        }
    }

    /// Whether the server may have got all of the request or none, and can say which.
    pub(crate) fn is_of_the_way(&self) -> bool {
        self.was_asked()
            && matches!(
                self.kind,
                StorageErrorKind::TimedOut | StorageErrorKind::Unreachable
            )
    }

    fn was_asked(&self) -> bool {
        self.source::<NotAsked>().is_none()
    }

    /// The failure of this operation.
    pub(crate) fn of(self, provider: Provider, operation: Operation) -> StorageError {
        let error = StorageError::new(self.kind, operation, Some(provider));
        match self.source {
            Some(source) => error.caused_by(source),
            None => error,
        }
    }
}

/// What stands beneath an error that a status told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server answered {0}")]
pub(crate) struct UnwantedStatus(pub(crate) u16);

/// What stands beneath an error of a call that was not made.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not asked: the calls before have failed")]
struct NotAsked;

impl From<StorageErrorKind> for Fault {
    fn from(kind: StorageErrorKind) -> Self {
        Self {
            kind,
            source: None,
            is_final: false,
        }
    }
}

impl From<EgressError> for Fault {
    fn from(error: EgressError) -> Self {
        Self::from(kind_of_egress(&error)).caused_by(error)
    }
}

/// What it means to a storage that a request got no answer, or not all of it.
pub(crate) fn kind_of_egress(error: &EgressError) -> StorageErrorKind {
    match error {
        EgressError::Refused { refusal, .. } => {
            StorageErrorKind::AddressRefused(address_refusal(*refusal))
        }
        EgressError::TimedOut { .. } => StorageErrorKind::TimedOut,
        EgressError::UploadSource { .. } => StorageErrorKind::UploadInterrupted,
        EgressError::Protocol { .. } | EgressError::Interrupted { .. } => {
            StorageErrorKind::Interrupted
        }
        // S-11: a server that sends us elsewhere is not the one that was meant. D-04: what we read
        // ourselves was asked for as it is, and has a length that such answers have.
        EgressError::Redirect { .. }
        | EgressError::Coded { .. }
        | EgressError::BodyTooLarge { .. } => StorageErrorKind::WrongProtocol,
        _ => StorageErrorKind::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for kind in [
            StorageErrorKind::Unavailable,
            StorageErrorKind::Interrupted,
            StorageErrorKind::RateLimited { retry_after: None },
        ] {
            assert!(Fault::from(kind.clone()).is_passing());
            assert!(!Fault::from(kind).finally().is_passing());
        }
        for kind in [
            StorageErrorKind::TimedOut,
            StorageErrorKind::Full,
            StorageErrorKind::TokenExpired,
            StorageErrorKind::Unreachable,
        ] {
            assert!(!Fault::from(kind).is_passing());
        }
    }

    // a rest after failures is longer than anybody waits; a limit says itself how long it is.
    #[test]
    fn what_was_not_asked_did_nothing_and_is_not_asked_again_at_once() {
        for kind in [StorageErrorKind::Unavailable, StorageErrorKind::TimedOut] {
            let fault = Fault::unasked(kind);
            assert!(!fault.is_of_unknown_outcome() && !fault.is_of_the_way());
            assert!(!fault.is_passing());
        }
        let limited = StorageErrorKind::RateLimited { retry_after: None };
        assert!(Fault::unasked(limited).is_passing());
    }

    // L-03
    #[test]
    fn a_failure_tells_what_failed_and_which_status_said_so() {
        let fault = Fault::of_status(StorageErrorKind::Full, 507);
        assert_eq!(fault.source(), Some(&UnwantedStatus(507)));
        let error = fault.of(Provider::GoogleDrive, Operation::Write);
        assert_eq!(
            error.to_string(),
            "write at google_drive: the storage is full"
        );
        let beneath = error.source.unwrap();
        assert_eq!(beneath.to_string(), "the server answered 507");
    }
}

//! Why the house's own storage failed, in the domain's words.

use std::error::Error;
use std::io;

use wharf_domain::content::UploadInterrupted;
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};

use crate::fault::UnwantedStatus;

use super::s3::{Refusal, Unanswered};

/// A failure of this operation that the rules decided.
pub(crate) fn refused(kind: StorageErrorKind, operation: Operation) -> StorageError {
    StorageError::new(kind, operation, None)
}

/// A content whose sender stopped before its end.
pub(crate) fn interrupted(_: UploadInterrupted) -> StorageError {
    refused(StorageErrorKind::UploadInterrupted, Operation::Write)
}

/// A failure of this operation that the object store met. Its own message would tell where on the
/// machine a file lies and what a server said, so only what lies beneath goes on.
pub(crate) fn failed(error: &object_store::Error, operation: Operation) -> StorageError {
    if let Some(unanswered) = beneath::<Unanswered>(error) {
        return refused(unanswered.kind(), operation).caused_by(unanswered.clone());
    }
    if let Some(refusal) = beneath::<Refusal>(error) {
        return refused(refusal.kind(), operation).caused_by(*refusal);
    }
    let system_error = beneath::<io::Error>(error).map(io::Error::kind);
    let kind = match (error, system_error) {
        (object_store::Error::NotFound { .. }, _) => StorageErrorKind::NotFound,
        (object_store::Error::AlreadyExists { .. }, _) => StorageErrorKind::AlreadyExists,
        (object_store::Error::Precondition { .. }, _) => StorageErrorKind::PreconditionFailed,
        (_, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) => {
            StorageErrorKind::Full
        }
        (_, Some(io::ErrorKind::FileTooLarge)) => StorageErrorKind::TooLarge,
        _ => StorageErrorKind::Failed,
    };
    let failure = refused(kind, operation);
    match (error, system_error) {
        (_, Some(kind)) => failure.caused_by(io::Error::from(kind)),
        (object_store::Error::Unauthenticated { .. }, None) => {
            failure.caused_by(UnwantedStatus(401))
        }
        (object_store::Error::PermissionDenied { .. }, None) => {
            failure.caused_by(UnwantedStatus(403))
        }
        (_, None) => failure,
    }
}

/// The first error of this type that caused the error.
fn beneath<E: Error + 'static>(error: &object_store::Error) -> Option<&E> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_broken_one_and_no_path_goes_on() {
        let meet = |kind: io::ErrorKind| {
            let error = object_store::Error::Generic {
                store: "LocalFileSystem",
                source: io::Error::from(kind).into(),
            };
            failed(&error, Operation::Write)
        };
        assert_eq!(
            meet(io::ErrorKind::StorageFull).kind,
            StorageErrorKind::Full
        );
        assert_eq!(
            meet(io::ErrorKind::FileTooLarge).kind,
            StorageErrorKind::TooLarge
        );
        assert_eq!(
            meet(io::ErrorKind::PermissionDenied).kind,
            StorageErrorKind::Failed
        );
        let missing = object_store::Error::NotFound {
            path: "/srv/secret".to_owned(),
            source: io::Error::from(io::ErrorKind::NotFound).into(),
        };
        let error = failed(&missing, Operation::Read);
        assert_eq!(error.kind, StorageErrorKind::NotFound);
        assert!(!format!("{error:?}").contains("secret"));
    }
}

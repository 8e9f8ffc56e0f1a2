//! Why the house's own storage failed, in the domain's words.

use std::error::Error;
use std::io;

use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};

/// A failure of this operation that the rules decided.
pub(crate) fn refused(kind: StorageErrorKind, operation: Operation) -> StorageError {
    StorageError::new(kind, operation, None)
}

/// A failure of this operation that the object store met. Its own message would tell where on the
/// machine the file lies, so only the system's error goes on.
pub(crate) fn failed(error: &object_store::Error, operation: Operation) -> StorageError {
    let system_error = io_error(error);
    let kind = match (error, system_error) {
        (object_store::Error::NotFound { .. }, _) => StorageErrorKind::NotFound,
        (object_store::Error::AlreadyExists { .. }, _) => StorageErrorKind::AlreadyExists,
        (_, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) => {
            StorageErrorKind::Full
        }
        (_, Some(io::ErrorKind::FileTooLarge)) => StorageErrorKind::TooLarge,
        _ => StorageErrorKind::Failed,
    };
    let failure = refused(kind, operation);
    match system_error {
        Some(kind) => failure.caused_by(io::Error::from(kind)),
        None => failure,
    }
}

/// What the operating system said, if it was asked.
fn io_error(error: &object_store::Error) -> Option<io::ErrorKind> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
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

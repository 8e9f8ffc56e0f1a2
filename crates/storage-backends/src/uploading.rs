//! What may become of an upload, whichever storage it goes to.

use wharf_domain::content::UploadInterrupted;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

/// A session is not, or no longer, known to the storage.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the upload session is over")]
pub(crate) struct SessionOver;

/// The storage keeps other bytes than were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored content has another size or digest")]
pub(crate) struct OtherStored;

impl From<SessionOver> for Fault {
    fn from(over: SessionOver) -> Self {
        Self::from(StorageErrorKind::Interrupted).caused_by(over)
    }
}

impl From<OtherStored> for Fault {
    fn from(other: OtherStored) -> Self {
        Self::from(StorageErrorKind::IntegrityMismatch).caused_by(other)
    }
}

impl From<UploadInterrupted> for Fault {
    fn from(_: UploadInterrupted) -> Self {
        StorageErrorKind::UploadInterrupted.into()
    }
}

//! What goes wrong at a storage, and whose problem it is.

use std::error::Error;
use std::time::Duration;

use super::Operation;
use crate::provider::Provider;

/// A storage did not do what it was asked to.
///
/// Its `Display` names kind, operation and provider, and nothing that a server said.
#[derive(Debug, thiserror::Error)]
#[error("{operation} at {}: {kind}", provider.map_or("the house", Provider::as_str))]
pub struct StorageError {
    /// Why.
    pub kind: StorageErrorKind,
    /// What was asked.
    pub operation: Operation,
    /// Which kind of storage; `None` is the house.
    pub provider: Option<Provider>,
    /// What lies beneath, for logs.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl StorageError {
    /// An error without a cause beneath.
    pub const fn new(
        kind: StorageErrorKind,
        operation: Operation,
        provider: Option<Provider>,
    ) -> Self {
        Self {
            kind,
            operation,
            provider,
            source: None,
        }
    }

    /// The same error with what lies beneath.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            StorageErrorKind::Locked
                | StorageErrorKind::RateLimited { .. }
                | StorageErrorKind::Unavailable
                | StorageErrorKind::Unreachable
                | StorageErrorKind::TimedOut
                | StorageErrorKind::Interrupted
                | StorageErrorKind::IntegrityMismatch
        )
    }
}

/// Why a storage did not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StorageErrorKind {
    /// There is no such item.
    #[error("no such item")]
    NotFound,
    /// The name is taken.
    #[error("the name is taken")]
    AlreadyExists,
    /// The file is not, or no longer, the one whose content was to be replaced.
    #[error("the item is not what it was expected to be")]
    PreconditionFailed,
    /// The item was to be put where it is already, or within itself.
    #[error("an item cannot be moved or copied into itself")]
    IntoItself,
    /// A folder is needed and the item is a file.
    #[error("the item is not a folder")]
    NotAFolder,
    /// A file is needed and the item is a folder.
    #[error("the item is not a file")]
    NotAFile,
    /// The storage cannot keep this name.
    #[error("the storage does not allow this name")]
    NameNotAllowed,
    /// The storage refused the credential (401).
    #[error("the credential was refused")]
    CredentialRefused,
    /// The access token is not, or no longer, accepted; another may be.
    #[error("the access token was refused")]
    TokenExpired,
    /// The credential is good but may not do this (403).
    #[error("not permitted")]
    Forbidden,
    /// The storage is full, or the account's share of it (507).
    #[error("the storage is full")]
    Full,
    /// The storage does not take contents of this size (413).
    #[error("the content is too large for the storage")]
    TooLarge,
    /// The item is locked by somebody (423).
    #[error("the item is locked")]
    Locked,
    /// The storage asks for patience (429).
    #[error("too many requests")]
    RateLimited {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// The storage has trouble of its own (5xx).
    #[error("the storage has trouble")]
    Unavailable,
    /// No connection could be made.
    #[error("the storage cannot be reached")]
    Unreachable,
    /// The address may not be reached.
    #[error("the address is not allowed")]
    AddressRefused(AddressRefusal),
    /// The storage took too long.
    #[error("the storage took too long")]
    TimedOut,
    /// The connection broke in the middle.
    #[error("the connection broke off")]
    Interrupted,
    /// The storage keeps other bytes than were sent. A new item was removed; what replaced another
    /// content stands, for its id is the item's.
    #[error("the stored content is not what was sent")]
    IntegrityMismatch,
    /// The sender of an upload stopped before its end; nothing was stored.
    #[error("the upload ended before it was complete")]
    UploadInterrupted,
    /// Whatever answers there does not speak the provider's protocol.
    #[error("the answer is not of the expected protocol")]
    WrongProtocol,
    /// No byte of the content lies in the range that was asked for.
    #[error("the range lies outside the content")]
    RangeNotSatisfiable {
        /// The size of the content, where known.
        total: Option<u64>,
    },
    /// The storage must know the size of an upload beforehand.
    #[error("the size must be known beforehand")]
    SizeRequired,
    /// A folder has more entries than are read at once.
    #[error("the folder has too many entries")]
    TooManyEntries,
    /// The storage cannot do this at all.
    #[error("the storage cannot do this")]
    Unsupported,
    /// The house's own storage failed.
    #[error("the storage failed")]
    Failed,
}

impl StorageErrorKind {
    /// The stable name, for metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::PreconditionFailed => "precondition_failed",
            Self::IntoItself => "into_itself",
            Self::NotAFolder => "not_a_folder",
            Self::NotAFile => "not_a_file",
            Self::NameNotAllowed => "name_not_allowed",
            Self::CredentialRefused => "credential_refused",
            Self::TokenExpired => "token_expired",
            Self::Forbidden => "forbidden",
            Self::Full => "full",
            Self::TooLarge => "too_large",
            Self::Locked => "locked",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Unreachable => "unreachable",
            Self::AddressRefused(_) => "address_refused",
            Self::TimedOut => "timed_out",
            Self::Interrupted => "interrupted",
            Self::IntegrityMismatch => "integrity_mismatch",
            Self::UploadInterrupted => "upload_interrupted",
            Self::WrongProtocol => "wrong_protocol",
            Self::RangeNotSatisfiable { .. } => "range_not_satisfiable",
            Self::SizeRequired => "size_required",
            Self::TooManyEntries => "too_many_entries",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
        }
    }
}

/// An address that may not be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRefusal {
    /// The stable name of the rule that refused it, for operators.
    pub rule: &'static str,
    /// What the person who typed it may be told: only what the typed text alone decided (S-12).
    pub told: Option<&'static str>,
    /// `false` if a name had no address when it was asked for: then nothing was blocked.
    pub found: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_failed_where() {
        let error = StorageError::new(
            StorageErrorKind::Full,
            Operation::Write,
            Some(Provider::Webdav),
        );
        assert_eq!(error.to_string(), "write at webdav: the storage is full");
        let error = StorageError::new(StorageErrorKind::NotFound, Operation::Read, None);
        assert_eq!(error.to_string(), "read at the house: no such item");
    }
}

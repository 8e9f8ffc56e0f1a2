//! The port to one storage: a user's account at a provider, or the house's place for one user.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::Stream;

use crate::connection::AccountKey;
use crate::content::{ContentType, Download, Upload};
use crate::entity_tag::EntityTag;
use crate::item::{Item, ItemId, ItemName};
use crate::provider::Provider;
use crate::range::ByteRange;
use crate::verification::Verification;

/// A folder's entries as they arrive: in batches, in the storage's own order.
pub type Entries = Pin<Box<dyn Stream<Item = Result<EntryBatch, StorageError>> + Send>>;

/// Some of a folder's entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryBatch {
    /// The entries.
    pub items: Vec<Item>,
    /// How many entries that the storage named could not be used.
    pub skipped: u32,
}

/// One storage, opened with its credential.
///
/// Every implementation passes the suite in `conformance::storage`.
#[async_trait]
pub trait StorageBackend: Send + Sync {
    /// What this storage can do.
    fn capabilities(&self) -> Capabilities;

    /// Asks the storage whether it answers and accepts the credential, and which account it is.
    async fn probe(&self) -> Result<StorageAccount, StorageError>;

    /// Reads a folder: its direct children, never itself.
    async fn list(&self, folder: &ItemId) -> Result<Entries, StorageError>;

    /// Reads what is known of an item.
    async fn metadata(&self, item: &ItemId) -> Result<Item, StorageError>;

    /// Looks for the child of `folder` with exactly this name.
    async fn find(&self, folder: &ItemId, name: &ItemName) -> Result<Option<Item>, StorageError>;

    /// Streams a file's content, or a part of it. A storage may send the whole although a part was
    /// asked for; the answer's `range` says what comes.
    ///
    /// A file without bytes of its own comes in the first of its [`Item::export_formats`].
    async fn read(&self, file: &ItemId, range: Option<ByteRange>)
    -> Result<Download, StorageError>;

    /// Streams a file in another form, one of its [`Item::export_formats`]; in any other, and where
    /// files have none, it is [`StorageErrorKind::Unsupported`].
    async fn export(&self, file: &ItemId, format: &ContentType) -> Result<Download, StorageError>;

    /// Stores a new file in `folder`. It becomes visible when it is whole, which is as long as was
    /// announced, and not before; an existing item is never overwritten.
    async fn write(
        &self,
        folder: &ItemId,
        name: &ItemName,
        conflict: NameConflict,
        upload: Upload,
    ) -> Result<Written, StorageError>;

    /// Replaces a file's content by another, whole or not at all, if the file still is what `guard`
    /// says; else [`StorageErrorKind::PreconditionFailed`]. The item keeps its id.
    async fn replace(
        &self,
        file: &ItemId,
        guard: &ReplaceGuard,
        upload: Upload,
    ) -> Result<Written, StorageError>;

    /// Gives an item another place: another folder, another name, or both. The item as it is there,
    /// which may have another id.
    ///
    /// An existing item is never overwritten. The place that the item has already, and any place
    /// within itself, is [`StorageErrorKind::IntoItself`].
    async fn relocate(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError>;

    /// Copies an item, a folder with all that it holds; the copy.
    ///
    /// An existing item is never overwritten, so that a copy of an item beside itself needs another
    /// name. A place within the item is [`StorageErrorKind::IntoItself`].
    async fn copy(&self, item: &ItemId, to: &Destination) -> Result<Item, StorageError>;

    /// Makes a folder in `parent`.
    async fn create_folder(&self, parent: &ItemId, name: &ItemName) -> Result<Item, StorageError>;

    /// Deletes an item; a folder with all that it holds.
    async fn delete(&self, item: &ItemId) -> Result<Removal, StorageError>;
}

/// A content that a storage keeps now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The item that holds it.
    pub item: Item,
    /// What is known of what the storage keeps.
    pub verification: Verification,
}

impl Written {
    /// What is kept where the storage tells nothing but the size.
    pub const fn by_size(item: Item) -> Self {
        Self {
            item,
            verification: Verification::SizeOnly,
        }
    }
}

/// What a deletion did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The item is gone for good, as far as the storage tells.
    Deleted,
    /// The item lies in the account's bin, where its owner finds it.
    Trashed,
}

impl Removal {
    /// The stable name: it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Trashed => "trashed",
        }
    }
}

/// What to do if the name is taken already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameConflict {
    /// Refuse with [`StorageErrorKind::AlreadyExists`].
    Fail,
    /// Take the name with the lowest free number ([`ItemName::numbered`]), from 2 to 100.
    Number,
}

impl NameConflict {
    /// The highest number tried.
    pub const MAX_NUMBER: u32 = 100;

    /// The names to try, in order.
    pub fn candidates(self, name: &ItemName) -> impl Iterator<Item = ItemName> {
        let last = match self {
            Self::Fail => 1,
            Self::Number => Self::MAX_NUMBER,
        };
        std::iter::once(name.clone()).chain((2..=last).map(|number| name.numbered(number)))
    }
}

/// Where an item, or a copy of it, goes.
///
/// Only the storage knows where an item lies, so what is not named here stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Into which folder; `None` is the one that the item lies in.
    pub folder: Option<ItemId>,
    /// Under which name; `None` is the one that the item has.
    pub name: Option<ItemName>,
    /// What to do if the name is taken there.
    pub conflict: NameConflict,
}

/// What a file must still be for its content to be replaced (RFC 9110, section 13.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplaceGuard {
    /// Any file, as long as there is one.
    Exists,
    /// The file with one of these validators; a file without one is none of them.
    Matches(Vec<EntityTag>),
}

impl ReplaceGuard {
    /// Whether a file with this validator is the one.
    ///
    /// Weak and strong tags are compared alike, against the section's own rule: Apache calls the tag of
    /// a fresh file weak and the same tag strong two seconds later.
    pub fn is_met_by(&self, etag: Option<&EntityTag>) -> bool {
        match (self, etag) {
            (Self::Exists, _) => true,
            (Self::Matches(tags), Some(etag)) => tags.iter().any(|tag| tag.is_same_weakly(etag)),
            (Self::Matches(_), None) => false,
        }
    }
}

/// What a storage can do. What it cannot, it refuses with [`StorageErrorKind::Unsupported`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// It has folders that can be made and listed.
    pub folders: bool,
    /// It keeps every [`ItemName`]; otherwise it refuses some of those that have more than ASCII letters,
    /// digits, `.`, `-` and `_`, with [`StorageErrorKind::NameNotAllowed`].
    pub any_name: bool,
    /// It must know the size of an upload beforehand, else [`StorageErrorKind::SizeRequired`].
    pub needs_size: bool,
}

/// The account behind a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageAccount {
    /// Tells the account from every other at the same provider.
    pub key: AccountKey,
    /// How a person would recognise the account, for example `anna at cloud.example.com`.
    pub label: String,
    /// How full it is, where the storage tells it.
    pub quota: Option<Quota>,
}

/// How full a storage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes in use.
    pub used_bytes: Option<u64>,
    /// Bytes that can still be stored.
    pub available_bytes: Option<u64>,
}

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

/// What is asked of a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Checking the address or the account.
    Probe,
    /// Reading a folder.
    List,
    /// Reading what is known of an item, or looking for one.
    Metadata,
    /// Reading a content.
    Read,
    /// Storing a content, new or in place of another.
    Write,
    /// Renaming or moving an item.
    Relocate,
    /// Copying an item.
    Copy,
    /// Making a folder.
    CreateFolder,
    /// Deleting an item.
    Delete,
}

impl Operation {
    /// The stable name, for messages and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::List => "list",
            Self::Metadata => "metadata",
            Self::Read => "read",
            Self::Write => "write",
            Self::Relocate => "relocate",
            Self::Copy => "copy",
            Self::CreateFolder => "create_folder",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
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

    #[test]
    fn a_file_without_a_validator_is_none_that_was_expected() {
        let tag = |text: &str| -> EntityTag { text.parse().unwrap() };
        let guard = ReplaceGuard::Matches(vec![tag("\"0\""), tag("W/\"1\"")]);
        assert!(guard.is_met_by(Some(&tag("\"1\""))));
        assert!(!guard.is_met_by(Some(&tag("\"2\""))));
        assert!(!guard.is_met_by(None));
        assert!(ReplaceGuard::Exists.is_met_by(None));
    }

    #[test]
    fn a_taken_name_is_numbered_up_to_a_hundred() {
        let name: ItemName = "a.txt".parse().unwrap();
        let names = |conflict: NameConflict| {
            conflict
                .candidates(&name)
                .map(|n| n.as_str().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(NameConflict::Fail), ["a.txt"]);
        let numbered = names(NameConflict::Number);
        assert_eq!(numbered.len(), 100);
        assert_eq!(numbered[1], "a (2).txt");
        assert_eq!(numbered[99], "a (100).txt");
    }
}

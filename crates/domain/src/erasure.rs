//! Erasures: what is left to be done when an account was deleted, and the receipt of it.
//!
//! The account itself is gone at once. An erasure has no name and no mail address: it knows the user's
//! id, which means nothing to anybody any more, and what must be cleared, storage by storage. See
//! ADR 0029.

use std::time::Duration;

use crate::content_version::ContentVersion;
use crate::id::{ConnectionId, DocumentId, ErasureId, StepId, UserId};
use crate::item::ItemId;
use crate::provider::Provider;
use crate::time::Timestamp;
use crate::user::WrappedDataKey;

/// The erasure of a deleted account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The erasure's id.
    pub id: ErasureId,
    /// Whose account it was.
    pub user: UserId,
    /// The key that seals the credentials which are still needed, wrapped; `None` once none is, and it
    /// was destroyed (K-08).
    pub purge_key: Option<WrappedDataKey>,
    /// When the account was deleted.
    pub requested_at: Timestamp,
    /// When whatever could not be cleared by then is given up.
    pub deadline: Timestamp,
    /// Since when the ledger knows of it.
    pub recorded_at: Option<Timestamp>,
    /// When the last of it was done.
    pub ended_at: Option<Timestamp>,
}

impl Erasure {
    /// How long it is tried to clear a storage that is away.
    pub const PATIENCE: Duration = Duration::from_hours(72);
}

/// One storage that an erasure clears. Its step in the outbox has the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasurePart {
    /// The part's id.
    pub id: StepId,
    /// What it clears.
    pub subject: Subject,
    /// What became of the documents so far.
    pub tally: Tally,
    /// What became of the grant or app password; `None` before that, and where there is none.
    pub grant: Option<GrantEnd>,
    /// When it was done.
    pub ended_at: Option<Timestamp>,
}

/// What a part of an erasure clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The house's own storage.
    House,
    /// A storage that the user had connected.
    Connection {
        /// The connection that it was.
        id: ConnectionId,
        /// The kind of storage.
        provider: Provider,
    },
    /// A grant without documents: the connection was ended before, or never came about.
    Grant {
        /// Who gave it.
        provider: Provider,
    },
}

impl Subject {
    /// The provider, unless it is the house.
    pub const fn provider(self) -> Option<Provider> {
        match self {
            Self::House => None,
            Self::Connection { provider, .. } | Self::Grant { provider } => Some(provider),
        }
    }

    /// The connection, if it was one.
    pub const fn connection(self) -> Option<ConnectionId> {
        match self {
            Self::Connection { id, .. } => Some(id),
            Self::House | Self::Grant { .. } => None,
        }
    }
}

/// What became of the documents of one storage, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// They were deleted.
    pub deleted: u64,
    /// They lie in the account's bin, where its owner finds them.
    pub trashed: u64,
    /// They were not there any more.
    pub missing: u64,
}

/// A document of a deleted account: no more than is needed to delete it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoomedDocument {
    /// The document's id.
    pub id: DocumentId,
    /// The item that holds it.
    pub item: ItemId,
    /// What the storage told of the content when it was stored: anything else in its place is not
    /// touched.
    pub version: ContentVersion,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentEnd {
    /// It was deleted.
    Deleted,
    /// It lies in the account's bin.
    Trashed,
    /// It was not there any more.
    Missing,
    /// It could not be deleted.
    Left(LeftBehind),
}

/// Why a document could not be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftBehind {
    /// The user had disconnected the storage before: nobody has its key.
    Disconnected,
    /// The storage does not accept the credential any more.
    CredentialRefused,
    /// The stored credential was damaged.
    CredentialDamaged,
    /// Something else lies in its place by now.
    Changed,
    /// The storage does not allow it.
    Forbidden,
    /// The storage could not be brought to do it until the deadline.
    Unreachable,
}

impl LeftBehind {
    const ALL: [Self; 6] = [
        Self::Disconnected,
        Self::CredentialRefused,
        Self::CredentialDamaged,
        Self::Changed,
        Self::Forbidden,
        Self::Unreachable,
    ];

    /// The stable name: it stands in rows and receipts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::CredentialRefused => "credential_refused",
            Self::CredentialDamaged => "credential_damaged",
            Self::Changed => "changed",
            Self::Forbidden => "forbidden",
            Self::Unreachable => "unreachable",
        }
    }

    /// The reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What became of a grant or an app password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantEnd {
    /// The provider was told, or had ended it already.
    Revoked,
    /// The provider has no way to be told: the person ends it there.
    Unsupported,
    /// Somebody else's connection stands on the same consent.
    InUse,
    /// The provider could not be told, for good.
    Failed,
}

impl GrantEnd {
    const ALL: [Self; 4] = [Self::Revoked, Self::Unsupported, Self::InUse, Self::Failed];

    /// The stable name: it stands in rows and receipts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Unsupported => "unsupported",
            Self::InUse => "in_use",
            Self::Failed => "failed",
        }
    }

    /// The end of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == name)
    }
}

/// How far an erasure has come; its receipt once it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureReport {
    /// The erasure.
    pub erasure: Erasure,
    /// Its storages: the house first, then the others in the order of their ids.
    pub parts: Vec<PartReport>,
}

impl ErasureReport {
    /// Whether it has ended and nothing was left behind.
    pub fn is_complete(&self) -> bool {
        self.erasure.ended_at.is_some() && self.parts.iter().all(PartReport::is_clear)
    }
}

/// How far one storage is cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReport {
    /// The part.
    pub part: ErasurePart,
    /// How many documents are still to be deleted.
    pub waiting: u64,
    /// How many could not be deleted, by the reason.
    pub left: Vec<(LeftBehind, u64)>,
}

impl PartReport {
    fn is_clear(&self) -> bool {
        self.left.is_empty() && self.part.grant != Some(GrantEnd::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for reason in LeftBehind::ALL {
            assert_eq!(LeftBehind::from_name(reason.as_str()), Some(reason));
        }
        for end in GrantEnd::ALL {
            assert_eq!(GrantEnd::from_name(end.as_str()), Some(end));
        }
        assert_eq!(LeftBehind::from_name("other"), None);
        assert_eq!(GrantEnd::from_name("other"), None);
    }
}

//! How an erasure looks to an admin: numbers and reasons, and nobody's name.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::erasure::{ErasureReport, GrantEnd, LeftBehind, PartReport};
use wharf::domain::provider::Provider;

/// An erasure, as an admin sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Erasure {
    /// The erasure's id.
    #[schema(format = Uuid)]
    id: String,
    /// The account that was deleted.
    #[schema(format = Uuid)]
    user_id: String,
    /// `running`, `complete`, or `incomplete`: it has ended, and something was left behind.
    #[schema(example = "complete")]
    state: &'static str,
    /// When the account was deleted.
    #[schema(format = DateTime)]
    requested_at: String,
    /// When whatever could not be erased by then is given up.
    #[schema(format = DateTime)]
    deadline: String,
    /// When it ended; null while it is running.
    #[schema(required, format = DateTime)]
    ended_at: Option<String>,
    /// What was to be cleared: the house first.
    storages: Vec<ErasedStorage>,
}

/// One storage that is being cleared.
#[derive(Serialize, ToSchema)]
struct ErasedStorage {
    /// `house`, or the kind of storage.
    #[schema(example = "nextcloud")]
    storage: &'static str,
    /// The connection that it was; null for the house, and for a consent that no connection had any more.
    #[schema(required, format = Uuid)]
    connection_id: Option<String>,
    /// What became of the documents in it.
    documents: ErasedDocuments,
    /// What became of the consent or app password: `revoked`, `unsupported` (the provider cannot be told),
    /// `in_use` (somebody else's connection stands on it) or `failed`; null where there is none, and before that.
    #[schema(required, example = "revoked")]
    grant: Option<&'static str>,
    /// When it was done with; null before.
    #[schema(required, format = DateTime)]
    ended_at: Option<String>,
}

/// What became of the documents of one storage, counted.
#[derive(Serialize, ToSchema)]
struct ErasedDocuments {
    /// They were deleted.
    deleted: u64,
    /// They lie in the account's bin, where its owner finds them.
    trashed: u64,
    /// They were not there any more.
    already_gone: u64,
    /// They are still to be deleted.
    waiting: u64,
    /// They could not be deleted.
    left_behind: Vec<LeftDocuments>,
}

/// Documents that could not be deleted.
#[derive(Serialize, ToSchema)]
struct LeftDocuments {
    /// Why: `disconnected` (the user had ended the connection before), `credential_refused`,
    /// `credential_damaged`, `changed` (something else lies in the document's place by now), `forbidden`, or
    /// `unreachable` (until the deadline).
    #[schema(example = "disconnected")]
    reason: &'static str,
    /// How many.
    documents: u64,
}

impl From<ErasureReport> for Erasure {
    fn from(report: ErasureReport) -> Self {
        let is_complete = report.is_complete();
        let ErasureReport { erasure, parts } = report;
        Self {
            id: erasure.id.to_string(),
            user_id: erasure.user.to_string(),
            state: match (erasure.ended_at, is_complete) {
                (None, _) => "running",
                (Some(_), true) => "complete",
                (Some(_), false) => "incomplete",
            },
            requested_at: erasure.requested_at.to_string(),
            deadline: erasure.deadline.to_string(),
            ended_at: erasure.ended_at.map(|at| at.to_string()),
            storages: parts.into_iter().map(ErasedStorage::from).collect(),
        }
    }
}

impl From<PartReport> for ErasedStorage {
    fn from(report: PartReport) -> Self {
        let PartReport {
            part,
            waiting,
            left,
        } = report;
        let left = left.into_iter().map(LeftDocuments::from);
        Self {
            storage: part.subject.provider().map_or("house", Provider::as_str),
            connection_id: part.subject.connection().map(|id| id.to_string()),
            documents: ErasedDocuments {
                deleted: part.tally.deleted,
                trashed: part.tally.trashed,
                already_gone: part.tally.missing,
                waiting,
                left_behind: left.collect(),
            },
            grant: part.grant.map(GrantEnd::as_str),
            ended_at: part.ended_at.map(|at| at.to_string()),
        }
    }
}

impl From<(LeftBehind, u64)> for LeftDocuments {
    fn from((reason, documents): (LeftBehind, u64)) -> Self {
        Self {
            reason: reason.as_str(),
            documents,
        }
    }
}

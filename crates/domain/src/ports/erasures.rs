//! The port to erasures: the change that deletes an account, and what it leaves to be done. It knows no
//! storage and no key.

use std::time::Duration;

use async_trait::async_trait;

use crate::connection::{AccountKey, Connection};
use crate::erasure::{
    DocumentEnd, DoomedDocument, Erasure, ErasurePart, ErasureReport, GrantEnd, LeftBehind, Subject,
};
use crate::event::Event;
use crate::id::{DocumentId, ErasureId, StepId, UserId};
use crate::login_flow::LoginFlow;
use crate::ports::erasure_credentials::PartCredential;
use crate::ports::repository::RepositoryError;
use crate::step::{SealedPayload, Step};
use crate::time::Timestamp;
use crate::user::User;

/// What a user has that an erasure must know of, as it was read.
#[derive(Clone, Debug)]
pub struct Estate {
    /// The account.
    pub user: User,
    /// All connections, also those that are disconnected.
    pub connections: Vec<Connection>,
    /// The steps that are still to be done.
    pub steps: Vec<Step>,
    /// The login flows that have begun.
    pub flows: Vec<LoginFlow>,
}

/// A part that is to be.
#[derive(Clone, Debug)]
pub struct PlannedPart {
    /// Its id, and that of its step.
    pub id: StepId,
    /// What it clears.
    pub subject: Subject,
    /// The account whose grant must not be ended before its documents are deleted; `None` where
    /// nothing is to be done with a credential.
    pub account: Option<AccountKey>,
    /// What is sealed for it; `None` for the house, and where no credential can be had.
    pub credential: Option<SealedPayload>,
    /// Why its documents cannot be deleted, where that is known already.
    pub left: Option<LeftBehind>,
}

/// What a first request has led to, so that the same request leads to it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Who asked.
    pub caller: UserId,
    /// Which route was asked: a stable name.
    pub route: &'static str,
    /// The digest of the key that the caller chose.
    pub key_sha256: [u8; 32],
    /// The digest of what was asked for.
    pub request_sha256: [u8; 32],
    /// When.
    pub at: Timestamp,
}

impl Answered {
    /// How long a request is known again.
    pub const KNOWN_FOR: Duration = Duration::from_hours(24);

    /// From when on requests are still known at the time of this one.
    pub const fn known_since(&self) -> Timestamp {
        self.at.before(Self::KNOWN_FOR)
    }
}

/// The change that deletes an account.
#[derive(Clone, Debug)]
pub struct ErasurePlan {
    /// What the plan was made of. The account is not deleted if it has anything else by now.
    pub estate: Estate,
    /// The erasure.
    pub erasure: Erasure,
    /// What it clears.
    pub parts: Vec<PlannedPart>,
    /// The steps that do it: one for each part, and one that tells the ledger unless that told us.
    pub steps: Vec<Step>,
    /// What the request is known by, if it is to be known again.
    pub answered: Option<Answered>,
}

/// What became of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountDeleted {
    /// The account is gone.
    Done,
    /// The account has something that the plan does not know of, or has something no more.
    Stale,
    /// Nobody could manage accounts after it. That is no reason where the ledger tells of it.
    LastAdmin,
}

/// The events of the end of a part; those are saved that apply.
#[derive(Clone, Copy, Debug)]
pub struct EndEvents<'a> {
    /// With the end of the last part that has a credential.
    pub purged: &'a Event,
    /// With the end of the erasure.
    pub erased: &'a Event,
}

/// The erasures. Each change is saved with its events in one transaction (L-04).
#[async_trait]
pub trait Erasures: Send + Sync {
    /// What a user has.
    async fn estate(&self, user: UserId) -> Result<Option<Estate>, RepositoryError>;

    /// Deletes the account with all that it has in this database, its data key first of all, and
    /// leaves the erasure behind. Whoever saves anything for the user at the same time comes
    /// before or finds the account gone.
    ///
    /// # Errors
    /// [`RepositoryError::Duplicate`] if the request was answered before, or the erasure is there.
    async fn begin(
        &self,
        plan: &ErasurePlan,
        events: &[Event],
    ) -> Result<AccountDeleted, RepositoryError>;

    /// The erasure that a request led to which had this caller, route and key and is still known, with
    /// the digest of what was asked for.
    async fn answered(
        &self,
        request: &Answered,
    ) -> Result<Option<(ErasureId, [u8; 32])>, RepositoryError>;

    /// The erasure of this user that has not ended.
    async fn running(&self, user: UserId) -> Result<Option<ErasureId>, RepositoryError>;

    /// How far an erasure has come.
    async fn report(&self, id: ErasureId) -> Result<Option<ErasureReport>, RepositoryError>;

    /// Those of these users who have an account.
    async fn present(&self, users: &[UserId]) -> Result<Vec<UserId>, RepositoryError>;

    /// A part, the erasure that it is of, and what is sealed for it.
    async fn part(
        &self,
        id: StepId,
    ) -> Result<Option<(Erasure, ErasurePart, Option<PartCredential>)>, RepositoryError>;

    /// Up to `limit` of a part's documents that are still to be deleted, in the order of their ids,
    /// from behind `after` on.
    async fn doomed(
        &self,
        part: StepId,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DoomedDocument>, RepositoryError>;

    /// Writes down what became of documents. What is written down already is not counted again, nor
    /// are its events saved.
    async fn ended(
        &self,
        part: StepId,
        ends: &[(DocumentId, DocumentEnd, Option<Event>)],
    ) -> Result<(), RepositoryError>;

    /// Gives up all documents of a part that are still to be deleted. How many there were.
    async fn leave(&self, part: StepId, why: LeftBehind) -> Result<u64, RepositoryError>;

    /// The part's documents need its account no more: from now on its grant may be ended.
    async fn clear(&self, part: StepId) -> Result<(), RepositoryError>;

    /// Ends a part: its credential is destroyed, and with the last one the purge key; and the erasure,
    /// if this was the last of it. `false` if the part has ended already.
    async fn end_part(
        &self,
        part: StepId,
        grant: Option<GrantEnd>,
        now: Timestamp,
        events: EndEvents<'_>,
    ) -> Result<bool, RepositoryError>;

    /// Notes that the ledger knows of an erasure, and ends it if that was the last of it.
    async fn recorded(
        &self,
        id: ErasureId,
        now: Timestamp,
        erased: &Event,
    ) -> Result<(), RepositoryError>;
}

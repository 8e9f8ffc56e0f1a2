//! The port to the audit trail: events that wait for their place, the chain that they come into, and
//! the checkpoints that vouch for it. It knows neither how hashes are computed nor who signs.
//!
//! Events come in through every repository that saves a change, and wait. One of all replicas at a time,
//! the one with the latest [`Term`], gives them their places.

use std::time::Duration;

use async_trait::async_trait;

use crate::id::UserId;
use crate::ports::repository::RepositoryError;
use crate::time::Timestamp;
use crate::trail::{ChainHead, Checkpoint, Link, TrailEvent};

/// One replica's time as the one that appends. Each has a higher number than all before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term(pub u64);

/// How far the trail has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The end of the chain.
    pub head: ChainHead,
    /// The last checkpoint.
    pub checkpoint: Option<Checkpoint>,
}

/// Which events are asked for: those that all of it is true of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailFilter {
    /// This user acted.
    pub actor: Option<UserId>,
    /// This was done.
    pub action: Option<String>,
    /// It was done to this, whatever it is.
    pub resource: Option<[u8; 16]>,
    /// This came of it.
    pub outcome: Option<String>,
    /// It happened then or later.
    pub from: Option<Timestamp>,
    /// It happened earlier.
    pub until: Option<Timestamp>,
}

/// Where a link stands in what is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedAt {
    /// When its event happened.
    pub at: Timestamp,
    /// Its position.
    pub position: u64,
}

impl From<&Link> for ListedAt {
    fn from(link: &Link) -> Self {
        Self {
            at: link.event.at,
            position: link.position,
        }
    }
}

/// The audit trail.
#[async_trait]
pub trait Trail: Send + Sync {
    /// Begins a term that lasts until `now` and `lease`, unless another's lasts still. A term that ends
    /// later than two leases from now was begun by a clock that is wrong, and keeps nobody out.
    async fn begin_term(
        &self,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Term>, RepositoryError>;

    /// Ends a term before its time. Nothing happens if it is over.
    async fn end_term(&self, term: Term, now: Timestamp) -> Result<(), RepositoryError>;

    /// How far the trail has come.
    async fn standing(&self) -> Result<Standing, RepositoryError>;

    /// Up to `limit` of the events that have no place yet, in the order in which they came. What is
    /// committed is seen; what is not will be seen later, whatever came meanwhile. Who their clients
    /// were is [open](crate::trail::KeptClient::Open).
    async fn waiting(&self, limit: usize) -> Result<Vec<TrailEvent>, RepositoryError>;

    /// How many events have no place yet.
    async fn count_waiting(&self) -> Result<u64, RepositoryError>;

    /// Appends these links, takes their events from those that wait, and lets the term last until
    /// `lease_ends`: all of it or nothing. `false`, and nothing, if another term has begun or the first
    /// link does not come right behind the last of the chain.
    ///
    /// # Errors
    /// [`RepositoryError::Duplicate`] if an event has a place already.
    async fn append(
        &self,
        term: Term,
        links: &[Link],
        lease_ends: Timestamp,
    ) -> Result<bool, RepositoryError>;

    /// Keeps a checkpoint. `false` if another term has begun, or there is one for a chain as long or
    /// longer.
    async fn add_checkpoint(
        &self,
        term: Term,
        checkpoint: &Checkpoint,
    ) -> Result<bool, RepositoryError>;

    /// Up to `limit` links behind this position, in order.
    async fn links(&self, after: u64, limit: usize) -> Result<Vec<Link>, RepositoryError>;

    /// Up to `limit` checkpoints behind this position, in order.
    async fn checkpoints(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Checkpoint>, RepositoryError>;

    /// Up to `limit` links that the filter fits, the latest first: by when their events happened, and of
    /// the same instant by their positions. They begin before a place in that order if one is given.
    async fn list(
        &self,
        filter: &TrailFilter,
        before: Option<ListedAt>,
        limit: usize,
    ) -> Result<Vec<Link>, RepositoryError>;
}

//! A way to the trail on which whoever takes it dies.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::trail::{ListedAt, Standing, Term, Trail, TrailFilter};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{Checkpoint, Link, TrailEvent};
use wharf_persistence::Database;

/// When a caller dies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Death {
    /// Before its call has an effect.
    Before,
    /// After that, before it hears of it.
    After,
}

/// Passes calls on, up to the fatal one.
pub(super) struct Dying {
    pub(super) database: Database,
    /// Which call is the last.
    pub(super) last: u32,
    pub(super) death: Death,
    pub(super) calls: AtomicU32,
    pub(super) died: Arc<Notify>,
}

impl Dying {
    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if number < self.last {
            return call.await;
        }
        if matches!(self.death, Death::After) {
            drop(call.await);
        }
        self.died.notify_one();
        pending().await
    }
}

#[async_trait]
impl Trail for Dying {
    async fn begin_term(
        &self,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Term>, RepositoryError> {
        self.call(self.database.begin_term(now, lease)).await
    }

    async fn end_term(&self, term: Term, now: Timestamp) -> Result<(), RepositoryError> {
        self.call(self.database.end_term(term, now)).await
    }

    async fn standing(&self) -> Result<Standing, RepositoryError> {
        self.call(self.database.standing()).await
    }

    async fn waiting(&self, limit: usize) -> Result<Vec<TrailEvent>, RepositoryError> {
        self.call(self.database.waiting(limit)).await
    }

    async fn count_waiting(&self) -> Result<u64, RepositoryError> {
        self.call(self.database.count_waiting()).await
    }

    async fn append(
        &self,
        term: Term,
        links: &[Link],
        lease_ends: Timestamp,
    ) -> Result<bool, RepositoryError> {
        self.call(self.database.append(term, links, lease_ends))
            .await
    }

    async fn add_checkpoint(
        &self,
        term: Term,
        checkpoint: &Checkpoint,
    ) -> Result<bool, RepositoryError> {
        self.call(self.database.add_checkpoint(term, checkpoint))
            .await
    }

    async fn links(&self, after: u64, limit: usize) -> Result<Vec<Link>, RepositoryError> {
        self.call(self.database.links(after, limit)).await
    }

    async fn checkpoints(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Checkpoint>, RepositoryError> {
        self.call(self.database.checkpoints(after, limit)).await
    }

    async fn list(
        &self,
        filter: &TrailFilter,
        before: Option<ListedAt>,
        limit: usize,
    ) -> Result<Vec<Link>, RepositoryError> {
        let listed = Trail::list(&self.database, filter, before, limit);
        self.call(listed).await
    }
}

//! The port to the processes that serve. Each tells that it is there; none is told anything by another.

use async_trait::async_trait;

use crate::id::ReplicaId;
use crate::ports::repository::RepositoryError;
use crate::replica::Replica;
use crate::time::Timestamp;

/// The processes that serve, as they told of themselves.
#[async_trait]
pub trait Replicas: Send + Sync {
    /// Notes what a replica tells of itself, and forgets those that were last heard of before
    /// `forget_before`.
    async fn tell(
        &self,
        replica: &Replica,
        forget_before: Timestamp,
    ) -> Result<(), RepositoryError>;

    /// Forgets a replica that ends.
    async fn leave(&self, id: ReplicaId) -> Result<(), RepositoryError>;

    /// All that were heard of since then, longest serving first.
    async fn heard_since(&self, since: Timestamp) -> Result<Vec<Replica>, RepositoryError>;
}

//! The port to the places outside the database that checkpoints are copied to: whoever can write into
//! the database cannot change them there. It knows no signature.

use std::error::Error;

use async_trait::async_trait;

/// A copy was not kept, or those that were cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("checkpoints cannot be {what} {place}")]
pub struct CopyError {
    /// What was tried, such as `written to`.
    pub what: &'static str,
    /// The kind of place.
    pub place: &'static str,
    /// Why not.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// A place that checkpoints are copied to.
#[async_trait]
pub trait CheckpointCopies: Send + Sync {
    /// The kind of place: a stable name.
    fn place(&self) -> &'static str;

    /// Keeps a checkpoint for good: one line of printable ASCII, without its end, that speaks of a chain
    /// of so many links. What was kept before is neither changed nor removed.
    async fn keep(&self, position: u64, line: &str) -> Result<(), CopyError>;

    /// The latest lines that were kept there, in order; empty if the place only takes. They are as many
    /// as fit into a bounded part of memory.
    async fn latest(&self) -> Result<Vec<String>, CopyError>;
}

//! The port to the documents' rows; their bytes lie behind the storage port.

use async_trait::async_trait;

use crate::document::Document;
use crate::event::Event;
use crate::id::{DocumentId, UserId};
use crate::ports::repository::RepositoryError;

/// The documents. Each query names the owner; each change is saved with its events in one
/// transaction (L-04).
#[async_trait]
pub trait Documents: Send + Sync {
    /// Adds a document. `false` if its place is a connection that is not live any more, or its owner
    /// is gone or an admin by now: then nothing points at the stored bytes, and the caller removes them.
    async fn insert(&self, document: &Document, events: &[Event]) -> Result<bool, RepositoryError>;

    /// The owner's document with this id.
    async fn find(
        &self,
        owner: UserId,
        id: DocumentId,
    ) -> Result<Option<Document>, RepositoryError>;

    /// Up to `limit` of the owner's documents, newest first, from behind `after` on.
    async fn list(
        &self,
        owner: UserId,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<Document>, RepositoryError>;

    /// Removes a document's row. `false` if there is none.
    async fn delete(
        &self,
        owner: UserId,
        id: DocumentId,
        events: &[Event],
    ) -> Result<bool, RepositoryError>;
}

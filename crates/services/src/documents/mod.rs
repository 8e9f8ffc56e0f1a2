//! Documents: contents that users give to Wharf to keep, in the storage they chose.

mod store;

use std::fmt;
use std::sync::Arc;

use wharf_domain::conditions::Validators;
use wharf_domain::content::Download;
use wharf_domain::context::Context;
use wharf_domain::document::Document;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{DocumentId, UserId};
use wharf_domain::item::{EntityTag, ItemName};
use wharf_domain::page::{Cursor, Page, PageLimit, fingerprint};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::documents as port;
use wharf_domain::ports::listings::Listings;
use wharf_domain::ports::storage::{Operation, StorageBackend, StorageError, StorageErrorKind};
use wharf_domain::range::ByteRange;
use wharf_domain::user::StoragePlace;

pub use self::store::NewDocument;
use crate::connections::Connections;
use crate::content::{ContentQuery, Wanted};
use crate::error::ServiceError;
use crate::tasks::Tasks;

/// The use cases around documents.
#[derive(Clone)]
pub struct Documents {
    documents: Arc<dyn port::Documents>,
    backends: Arc<dyn Backends>,
    connections: Connections,
    listings: Arc<dyn Listings>,
    folder: ItemName,
    tasks: Tasks,
    environment: Environment,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

impl Documents {
    /// The use cases on these ports. In connected storages documents go into `folder` at the top.
    pub fn new(
        documents: Arc<dyn port::Documents>,
        backends: Arc<dyn Backends>,
        connections: Connections,
        listings: Arc<dyn Listings>,
        folder: ItemName,
        tasks: Tasks,
        environment: Environment,
    ) -> Self {
        Self {
            documents,
            backends,
            connections,
            listings,
            folder,
            tasks,
            environment,
        }
    }

    /// One of a user's documents.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn find(&self, owner: UserId, id: DocumentId) -> Result<Document, ServiceError> {
        self.documents
            .find(owner, id)
            .await?
            .ok_or(ServiceError::NotFound)
    }

    /// A page of a user's documents, newest first.
    ///
    /// # Errors
    /// [`ServiceError::CursorInvalid`].
    pub async fn list(
        &self,
        owner: UserId,
        limit: PageLimit,
        cursor: Option<Cursor>,
    ) -> Result<Page<Document>, ServiceError> {
        let list = fingerprint([&b"documents"[..], owner.as_bytes()]);
        let after = cursor
            .map(|cursor| cursor.position_in(list).map(DocumentId::from_bytes))
            .transpose()
            .map_err(|_| ServiceError::CursorInvalid)?;
        // One more than asked for tells whether there is a next page.
        let mut items = self.documents.list(owner, after, limit.get() + 1).await?;
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let last = items.last().filter(|_| more);
        let next = last.map(|document| Cursor::new(list, *document.id.as_bytes()));
        Ok(Page { items, next })
    }

    /// Opens a document's content, or a part of it; nothing if the caller has it already. The
    /// content's tag is its digest.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::StorageDisconnected`],
    /// [`ServiceError::DocumentChanged`], a failed precondition, a range outside the content, or what
    /// the storage said.
    pub async fn read(
        &self,
        context: &Context,
        owner: UserId,
        id: DocumentId,
        query: ContentQuery,
    ) -> Result<(Document, Option<Download>), ServiceError> {
        let document = self.find(owner, id).await?;
        let tag = EntityTag::from(document.sha256);
        let validators = Validators {
            etag: Some(&tag),
            modified_at: None,
        };
        let Wanted::Content(range) = query.wanted(validators)? else {
            return Ok((document, None));
        };
        let range = range
            .map(|range| plainly(range, document.size_bytes))
            .transpose()?;
        let item = document.item.clone();
        let opened = self.in_storage(context, owner, document.place, |backend| async move {
            backend.read(&item, range).await
        });
        let download = match opened.await {
            Err(ServiceError::Storage(error)) if error.kind == StorageErrorKind::NotFound => {
                return Err(ServiceError::DocumentChanged);
            }
            opened => opened?,
        };
        let total = download
            .range
            .map(|range| range.total)
            .or(download.size_bytes);
        if total.is_some_and(|total| total != document.size_bytes) {
            return Err(ServiceError::DocumentChanged);
        }
        Ok((document, Some(download)))
    }

    /// Deletes a document: first its content, then its row, so that a deletion cut short can be
    /// repeated.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::StorageDisconnected`], or what the storage said.
    pub async fn delete(
        &self,
        context: &Context,
        owner: UserId,
        id: DocumentId,
    ) -> Result<(), ServiceError> {
        let document = self.find(owner, id).await?;
        let deleted = self.in_storage(context, owner, document.place, |backend| async move {
            backend.delete(&document.item).await
        });
        match deleted.await {
            Err(ServiceError::Storage(error)) if error.kind == StorageErrorKind::NotFound => {}
            deleted => deleted?,
        }
        self.forget_listings(document.place).await;
        let event = Event::new(
            &self.environment,
            context,
            Action::DocumentDeleted,
            Some(Resource::Document(id)),
        );
        if self.documents.delete(owner, id, &[event]).await? {
            Ok(())
        } else {
            Err(ServiceError::NotFound)
        }
    }

    /// What was listed at a place is out of date after a change there.
    async fn forget_listings(&self, place: StoragePlace) {
        if let Some(connection) = place.connection() {
            self.listings.forget(connection).await;
        }
    }

    /// Runs `call` with the storage at a place.
    async fn in_storage<T, F>(
        &self,
        context: &Context,
        owner: UserId,
        place: StoragePlace,
        call: impl FnOnce(Arc<dyn StorageBackend>) -> F,
    ) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        match place {
            StoragePlace::House => Ok(call(self.backends.house(owner)).await?),
            StoragePlace::Connection(id) => match self.connections.live(owner, id).await {
                Ok(connection) => {
                    self.connections
                        .with_backend(context, &connection, call)
                        .await
                }
                Err(ServiceError::NotFound) => Err(ServiceError::StorageDisconnected),
                Err(error) => Err(error),
            },
        }
    }
}

/// The same part by its first and last byte: not every storage understands a range that reaches
/// beyond the content.
fn plainly(range: ByteRange, size_bytes: u64) -> Result<ByteRange, StorageError> {
    match range.within(size_bytes) {
        Ok(part) => Ok(ByteRange::Between(part.first, part.last)),
        Err(outside) => {
            let kind = StorageErrorKind::RangeNotSatisfiable {
                total: Some(outside.total),
            };
            Err(StorageError::new(kind, Operation::Read, None))
        }
    }
}

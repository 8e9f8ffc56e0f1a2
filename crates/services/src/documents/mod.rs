//! Documents: contents that users give to Wharf to keep, in the storage they chose.

mod store;
mod whole;

use std::fmt;
use std::sync::Arc;

use wharf_domain::conditions::Validators;
use wharf_domain::content::Download;
use wharf_domain::content_version::ContentVersion;
use wharf_domain::context::Context;
use wharf_domain::document::Document;
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{DocumentId, UserId};
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::page::{Cursor, Page, PageLimit, fingerprint};
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::documents as port;
use wharf_domain::ports::storage::{
    Operation, Removal, StorageBackend, StorageError, StorageErrorKind,
};
use wharf_domain::provider::Provider;
use wharf_domain::range::ByteRange;
use wharf_domain::user::StoragePlace;

pub use self::store::NewDocument;
use self::whole::whole;
use crate::accounts::Accounts;
use crate::connections::Connections;
use crate::content::{ContentQuery, Wanted};
use crate::error::ServiceError;
use crate::tasks::Tasks;

/// The use cases around documents.
#[derive(Clone)]
pub struct Documents {
    documents: Arc<dyn port::Documents>,
    backends: Arc<dyn Backends>,
    accounts: Accounts,
    connections: Connections,
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
        accounts: Accounts,
        connections: Connections,
        folder: ItemName,
        tasks: Tasks,
        environment: Environment,
    ) -> Self {
        Self {
            documents,
            backends,
            accounts,
            connections,
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
        let after = Cursor::behind(cursor, list, DocumentId::from_bytes)?;
        let read = self.documents.list(owner, after, limit.get() + 1).await?;
        Ok(Page::cut(read, limit, list, |document| {
            *document.id.as_bytes()
        }))
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
            .map(|range| plainly(range, document.storage_size_bytes))
            .transpose()?;
        let item = document.item.clone();
        let opened = self.in_storage(
            context,
            owner,
            document.place,
            |backend, provider| async move {
                let download = backend.read(&item, range).await?;
                Ok((download, provider))
            },
        );
        let (download, provider) = match opened.await {
            Err(ServiceError::Storage(error)) if says_changed(&error.kind) => {
                return Err(ServiceError::DocumentChanged);
            }
            opened => opened?,
        };
        if !document.version().may_be(&download.version()) {
            return Err(ServiceError::DocumentChanged);
        }
        let download = whole(download, document.storage_size_bytes, provider);
        Ok((document, Some(download)))
    }

    /// Deletes a document: first its content, then its row, so that a deletion cut short can be
    /// repeated. What lies in its place and is not its content is left alone.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::StorageDisconnected`], or what the storage said.
    pub async fn delete(
        &self,
        context: &Context,
        owner: UserId,
        id: DocumentId,
    ) -> Result<ContentFate, ServiceError> {
        let (this, context) = (self.clone(), context.clone());
        self.tasks
            .complete(async move { this.delete_now(&context, owner, id).await })
            .await
    }

    async fn delete_now(
        &self,
        context: &Context,
        owner: UserId,
        id: DocumentId,
    ) -> Result<ContentFate, ServiceError> {
        let document = self.find(owner, id).await?;
        let place = document.place;
        let fate = self.in_storage(context, owner, place, |backend, _| async move {
            delete_content(&*backend, &document.item, &document.version()).await
        });
        let fate = fate.await?;
        self.forget_listings(place).await;
        let event = Event::new(
            &self.environment,
            context,
            Action::DocumentDeleted,
            Some(Resource::Document(id)),
        );
        if self.documents.delete(owner, id, &[event]).await? {
            Ok(fate)
        } else {
            Err(ServiceError::NotFound)
        }
    }

    /// What was listed at a place is out of date after a change there.
    async fn forget_listings(&self, place: StoragePlace) {
        if let Some(connection) = place.connection() {
            self.connections.forget_listings(connection).await;
        }
    }

    /// Runs `call` with the storage at a place, and the provider that it is of.
    async fn in_storage<T, F>(
        &self,
        context: &Context,
        owner: UserId,
        place: StoragePlace,
        call: impl FnOnce(Arc<dyn StorageBackend>, Option<Provider>) -> F,
    ) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        match place {
            StoragePlace::House => Ok(call(self.backends.house(owner), None).await?),
            StoragePlace::Connection(id) => match self.connections.live(owner, id).await {
                Ok(connection) => {
                    let provider = Some(connection.provider);
                    self.connections
                        .with_backend(context, &connection, |backend| call(backend, provider))
                        .await
                }
                Err(ServiceError::NotFound) => Err(ServiceError::StorageDisconnected),
                Err(error) => Err(error),
            },
        }
    }
}

/// What became of a deleted document's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentFate {
    /// It was deleted.
    Deleted,
    /// It was put into the account's bin.
    Trashed,
    /// It was not there any more.
    Missing,
    /// Something else lay in its place, and was left alone.
    Left,
}

/// Deletes a document's content, if what lies in its place still is that content.
pub(crate) async fn delete_content(
    backend: &dyn StorageBackend,
    item: &ItemId,
    version: &ContentVersion,
) -> Result<ContentFate, StorageError> {
    let deleted = match backend.metadata(item).await {
        Ok(found) if is_content(version, &found) => backend.delete(item).await,
        Ok(_) => return Ok(ContentFate::Left),
        Err(error) => Err(error),
    };
    match deleted {
        Ok(Removal::Deleted) => Ok(ContentFate::Deleted),
        Ok(Removal::Trashed) => Ok(ContentFate::Trashed),
        Err(error) if error.kind == StorageErrorKind::NotFound => Ok(ContentFate::Missing),
        Err(error) => Err(error),
    }
}

fn is_content(version: &ContentVersion, found: &Item) -> bool {
    found.kind == ItemKind::File && version.may_be(&found.version())
}

/// Whether a failed reading means that something else lies in the document's place, or nothing.
fn says_changed(kind: &StorageErrorKind) -> bool {
    matches!(
        kind,
        StorageErrorKind::NotFound
            | StorageErrorKind::NotAFile
            | StorageErrorKind::RangeNotSatisfiable { .. }
    )
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

//! Storing a document: bytes first, then the row that points at them, and neither without the other.

use wharf_domain::content::{ContentType, Upload, UploadStream};
use wharf_domain::context::Context;
use wharf_domain::document::Document;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{DocumentId, UserId};
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{
    NameConflict, Operation, StorageBackend, StorageError, StorageErrorKind,
};
use wharf_domain::user::{StoragePlace, User};

use super::Documents;
use super::measured::{Measure, Measured};
use crate::error::ServiceError;

/// A document to be stored.
pub struct NewDocument {
    /// What it is called.
    pub name: ItemName,
    /// The media type that the sender gave.
    pub content_type: ContentType,
    /// How many bytes there will be, where the sender announced it.
    pub size_bytes: Option<u64>,
    /// The bytes.
    pub content: UploadStream,
    /// Where it is to go; `None` is the user's default storage.
    pub place: Option<StoragePlace>,
}

impl std::fmt::Debug for NewDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewDocument")
            .field("size_bytes", &self.size_bytes)
            .finish_non_exhaustive()
    }
}

/// A document whose bytes are stored and whose row is not yet.
struct Stored {
    item: Item,
    measure: Measure,
}

impl Documents {
    /// Stores a document.
    ///
    /// A caller that goes away stops the content, not the work: what was stored by then is removed,
    /// or finished if it is whole.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an unknown place, [`ServiceError::StorageDisconnected`], an
    /// interrupted upload, or what the storage said. Nothing is left behind then.
    pub async fn store(
        &self,
        context: &Context,
        owner: &User,
        new: NewDocument,
    ) -> Result<Document, ServiceError> {
        let place = new.place.unwrap_or(owner.default_storage);
        if let (Some(_), Some(connection)) = (new.place, place.connection()) {
            self.connections.live(owner.id, connection).await?;
        }
        let (this, context, owner) = (self.clone(), context.clone(), owner.id);
        self.tasks
            .complete(async move { this.store_at(&context, owner, place, new).await })
            .await
    }

    async fn store_at(
        &self,
        context: &Context,
        owner: UserId,
        place: StoragePlace,
        new: NewDocument,
    ) -> Result<Document, ServiceError> {
        let id: DocumentId = self.environment.new_id();
        let NewDocument {
            name,
            content_type,
            size_bytes,
            content,
            place: _,
        } = new;
        let (content, outcome) = Measured::new(content, size_bytes);
        let upload = Upload {
            content: Box::pin(content),
            size_bytes,
            content_type: content_type.clone(),
        };
        let spot = self.spot(id, place, &name);
        let stored = self.in_storage(context, owner, place, |backend| async move {
            let item = spot.write(&*backend, upload).await?;
            let measure = outcome.measure();
            let measure = measure.ok_or(StorageError::new(
                StorageErrorKind::UploadInterrupted,
                Operation::Write,
                None,
            ))?;
            Ok(Stored { item, measure })
        });
        let Stored { item, measure } = stored.await?;
        self.forget_listings(place).await;
        let document = Document {
            id,
            owner,
            name,
            content_type,
            size_bytes: measure.size_bytes,
            sha256: measure.sha256,
            place,
            item: item.id,
            created_at: self.environment.now(),
        };
        self.keep(context, document).await
    }

    /// Where a document's bytes go: in the house under the document's id, in a connected storage
    /// under its name.
    fn spot(&self, id: DocumentId, place: StoragePlace, name: &ItemName) -> Spot {
        match place {
            StoragePlace::House => Spot {
                folder: None,
                name: id.into(),
                conflict: NameConflict::Fail,
            },
            StoragePlace::Connection(_) => Spot {
                folder: Some(self.folder.clone()),
                name: name.clone(),
                conflict: NameConflict::Number,
            },
        }
    }

    /// Saves the row, or removes the bytes if there may be none.
    async fn keep(&self, context: &Context, document: Document) -> Result<Document, ServiceError> {
        let action = Action::DocumentStored {
            size_bytes: document.size_bytes,
        };
        let event = Event::new(
            &self.environment,
            context,
            action,
            Some(Resource::Document(document.id)),
        );
        let refusal = match self.documents.insert(&document, &[event]).await {
            Ok(true) => return Ok(document),
            Ok(false) => ServiceError::StorageDisconnected,
            Err(error) => error.into(),
        };
        let item = document.item;
        let removed = self.in_storage(
            context,
            document.owner,
            document.place,
            |backend| async move { backend.delete(&item).await },
        );
        if let Err(error) = removed.await {
            tracing::warn!(document = %document.id, %error, "a stored content without a row could not be removed");
        }
        Err(refusal)
    }
}

/// Where in a storage a document goes.
struct Spot {
    folder: Option<ItemName>,
    name: ItemName,
    conflict: NameConflict,
}

impl Spot {
    async fn write(
        &self,
        backend: &dyn StorageBackend,
        upload: Upload,
    ) -> Result<Item, StorageError> {
        let folder = match &self.folder {
            None => ItemId::root(),
            Some(name) => folder_named(backend, name).await?,
        };
        backend
            .write(&folder, &self.name, self.conflict, upload)
            .await
    }
}

/// The folder with this name at the top, made if it is not there.
async fn folder_named(
    backend: &dyn StorageBackend,
    name: &ItemName,
) -> Result<ItemId, StorageError> {
    if let Some(folder) = backend.find(&ItemId::root(), name).await? {
        return Ok(folder.id);
    }
    match backend.create_folder(&ItemId::root(), name).await {
        // Somebody else made it in between.
        Err(error) if error.kind == StorageErrorKind::AlreadyExists => {}
        created => return Ok(created?.id),
    }
    let folder = backend.find(&ItemId::root(), name).await?;
    folder.map(|folder| folder.id).ok_or(StorageError::new(
        StorageErrorKind::NotFound,
        Operation::Write,
        None,
    ))
}

//! Storing a document: bytes first, then the row that points at them, and neither without the other.

use wharf_domain::content::Upload;
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
use crate::error::ServiceError;
use crate::measured::measured;

/// A document to be stored.
#[derive(Debug)]
pub struct NewDocument {
    /// What it is called.
    pub name: ItemName,
    /// The content.
    pub upload: Upload,
    /// Where it is to go; `None` is the user's default storage.
    pub place: Option<StoragePlace>,
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
            upload,
            place: _,
        } = new;
        let content_type = upload.content_type.clone();
        let spot = self.spot(id, place, &name);
        let stored = self.in_storage(context, owner, place, |backend| async move {
            measured(upload, |upload| spot.write(&*backend, upload)).await
        });
        let stored = stored.await?;
        self.forget_listings(place).await;
        let document = Document {
            id,
            owner,
            name,
            content_type,
            size_bytes: stored.size_bytes,
            sha256: stored.sha256,
            place,
            item: stored.item.id,
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

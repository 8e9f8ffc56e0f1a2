//! Storing a document: bytes first, then the row that points at them, and neither without the other.

use std::time::Duration;

use wharf_domain::content::Upload;
use wharf_domain::context::Context;
use wharf_domain::document::Document;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{DocumentId, UserId};
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::storage::{
    NameConflict, Operation, StorageBackend, StorageError, StorageErrorKind, Written,
};
use wharf_domain::user::StoragePlace;

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
        owner: UserId,
        new: NewDocument,
    ) -> Result<Document, ServiceError> {
        let place = self.place(owner, new.place).await?;
        let (this, context) = (self.clone(), context.clone());
        self.tasks
            .complete(async move { this.store_at(&context, owner, place, new).await })
            .await
    }

    /// The place that was chosen, if the owner has it, or else the owner's default.
    async fn place(
        &self,
        owner: UserId,
        chosen: Option<StoragePlace>,
    ) -> Result<StoragePlace, ServiceError> {
        let Some(place) = chosen else {
            return Ok(self.accounts.find(owner).await?.default_storage);
        };
        if let Some(connection) = place.connection() {
            self.connections.live(owner, connection).await?;
        }
        Ok(place)
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
        let upload = self.connections.while_present(owner, upload);
        let spot = self.spot(id, place, &name);
        let stored = self.in_storage(context, owner, place, |backend, _| async move {
            let stored = measured(upload, |upload| spot.write(&*backend, upload)).await?;
            Ok((backend, stored))
        });
        let (backend, stored) = stored.await?;
        let document = Document {
            id,
            owner,
            name,
            content_type,
            size_bytes: stored.size_bytes,
            sha256: stored.sha256,
            place,
            storage_size_bytes: stored.item.size_bytes.unwrap_or(stored.size_bytes),
            verification: stored.verification,
            storage_etag: stored.item.etag,
            storage_modified_at: stored.item.modified_at,
            item: stored.item.id,
            created_at: self.environment.now(),
        };
        let kept = self.keep(context, &*backend, &document).await;
        self.forget_listings(place).await;
        kept.map(|()| document)
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

    /// Saves the row that points at the stored bytes, or removes the bytes.
    async fn keep(
        &self,
        context: &Context,
        backend: &dyn StorageBackend,
        document: &Document,
    ) -> Result<(), ServiceError> {
        let action = Action::DocumentStored {
            size_bytes: document.size_bytes,
        };
        let resource = Some(Resource::Document(document.id));
        let event = Event::new(&self.environment, context, action, resource);
        let refusal = match self.documents.insert(document, &[event]).await {
            Ok(true) => return Ok(()),
            Ok(false) => ServiceError::StorageDisconnected,
            // The answer to a COMMIT can be lost: a row that may be there is looked for, and
            // bytes are not removed on a guess.
            Err(error) => match self.is_saved(document).await {
                Ok(true) => return Ok(()),
                Ok(false) => error.into(),
                Err(silent) => {
                    tracing::error!(
                        document = %document.id, error = %silent,
                        "it is not known whether a document's row was saved; its bytes are left"
                    );
                    return Err(error.into());
                }
            },
        };
        remove(backend, document).await;
        Err(refusal)
    }

    /// Whether the document's row is there; asks again while the database does not answer.
    async fn is_saved(&self, document: &Document) -> Result<bool, RepositoryError> {
        for pause in PAUSES {
            match self.documents.find(document.owner, document.id).await {
                Ok(row) => return Ok(row.is_some()),
                Err(_) => tokio::time::sleep(pause).await,
            }
        }
        let row = self.documents.find(document.owner, document.id).await?;
        Ok(row.is_some())
    }
}

/// How long to wait between two questions to a database that does not answer.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_secs(2),
];

/// Removes bytes that no row points at.
async fn remove(backend: &dyn StorageBackend, document: &Document) {
    if let Err(error) = backend.delete(&document.item).await {
        tracing::warn!(document = %document.id, %error, "a stored content without a row could not be removed");
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
    ) -> Result<Written, StorageError> {
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
    if let Some(known) = backend.find(&ItemId::root(), name).await? {
        return folder(Some(known));
    }
    match backend.create_folder(&ItemId::root(), name).await {
        // Somebody else made it in between.
        Err(error) if error.kind == StorageErrorKind::AlreadyExists => {}
        created => return Ok(created?.id),
    }
    folder(backend.find(&ItemId::root(), name).await?)
}

/// The item's id, if there is one and it is a folder.
fn folder(found: Option<Item>) -> Result<ItemId, StorageError> {
    let kind = match found {
        Some(item) if item.kind == ItemKind::Folder => return Ok(item.id),
        Some(_) => StorageErrorKind::NotAFolder,
        None => StorageErrorKind::NotFound,
    };
    Err(StorageError::new(kind, Operation::Write, None))
}

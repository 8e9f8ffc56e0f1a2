//! Changes that move no content through here: folders made, items renamed, moved, copied, deleted.

use wharf_domain::conditions::{Conditions, Validators, Verdict};
use wharf_domain::context::Context;
use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{
    Destination, Operation, Removal, StorageBackend, StorageError, StorageErrorKind,
};

use super::{ConnectionOf, Items};
use crate::error::ServiceError;

impl Items {
    /// Makes a folder in `parent`.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or what the storage said.
    pub async fn create_folder(
        &self,
        context: &Context,
        connection: ConnectionOf,
        parent: ItemId,
        name: ItemName,
    ) -> Result<Item, ServiceError> {
        let made = self.change(context, connection, move |backend| async move {
            backend.create_folder(&parent, &name).await
        });
        made.await
    }

    /// Renames an item, moves it, or both; the item as it is there, maybe with another id.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], a failed precondition, or what the storage said.
    pub async fn relocate(
        &self,
        context: &Context,
        connection: ConnectionOf,
        item: ItemId,
        conditions: Conditions,
        to: Destination,
    ) -> Result<Item, ServiceError> {
        let moved = self.change(context, connection, move |backend| async move {
            require(&*backend, &item, &conditions).await?;
            backend.relocate(&item, &to).await
        });
        moved.await
    }

    /// Copies an item, a folder with all that it holds; the copy.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or what the storage said.
    pub async fn copy(
        &self,
        context: &Context,
        connection: ConnectionOf,
        item: ItemId,
        to: Destination,
    ) -> Result<Item, ServiceError> {
        let copied = self.change(context, connection, move |backend| async move {
            backend.copy(&item, &to).await
        });
        copied.await
    }

    /// Deletes an item, a folder with all that it holds.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], a failed precondition, or what the storage said.
    pub async fn delete(
        &self,
        context: &Context,
        connection: ConnectionOf,
        item: ItemId,
        conditions: Conditions,
    ) -> Result<Removal, ServiceError> {
        let deleted = self.change(context, connection, move |backend| async move {
            require(&*backend, &item, &conditions).await?;
            backend.delete(&item).await
        });
        deleted.await
    }
}

/// Refuses a change to an item that is not what the caller expects it to be. Where there are
/// no conditions the storage is not asked.
///
/// A storage may change between the look and the change; only `If-Match` on a replaced content is
/// held by the storage itself.
pub(super) async fn require(
    backend: &dyn StorageBackend,
    item: &ItemId,
    conditions: &Conditions,
) -> Result<(), StorageError> {
    if *conditions == Conditions::default() {
        return Ok(());
    }
    let item = backend.metadata(item).await?;
    let current = Validators {
        etag: item.etag.as_ref(),
        modified_at: item.modified_at,
    };
    match conditions.of_changing(Some(current)) {
        Verdict::PreconditionFailed => Err(StorageError::new(
            StorageErrorKind::PreconditionFailed,
            Operation::Metadata,
            None,
        )),
        _ => Ok(()),
    }
}

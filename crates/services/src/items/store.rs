//! Storing a file's content: as a new file, or in place of another content.

use wharf_domain::conditions::Conditions;
use wharf_domain::content::Upload;
use wharf_domain::context::Context;
use wharf_domain::item::{ItemId, ItemName};
use wharf_domain::ports::storage::{NameConflict, ReplaceGuard};

use super::change::require;
use super::{ConnectionOf, Items};
use crate::error::ServiceError;
use crate::measured::{Stored, measured};

/// A file to be stored.
#[derive(Debug)]
pub struct NewFile {
    /// The folder that it goes into.
    pub folder: ItemId,
    /// What it is to be called.
    pub name: ItemName,
    /// What to do if the name is taken.
    pub conflict: NameConflict,
    /// The content.
    pub upload: Upload,
}

impl Items {
    /// Stores a new file. Nothing is ever overwritten.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], an interrupted upload, or what the storage said. Nothing is left
    /// behind then.
    pub async fn store(
        &self,
        context: &Context,
        connection: ConnectionOf,
        new: NewFile,
    ) -> Result<Stored, ServiceError> {
        let NewFile {
            folder,
            name,
            conflict,
            upload,
        } = new;
        let upload = self.connections.while_present(connection.owner, upload);
        let stored = self.change(context, connection, move |backend| async move {
            let write = |upload| backend.write(&folder, &name, conflict, upload);
            measured(upload, write).await
        });
        stored.await
    }

    /// Puts another content in the place of a file's. The caller must say by `If-Match` which content
    /// it means to replace (RFC 6585, section 3).
    ///
    /// # Errors
    /// [`ServiceError::PreconditionRequired`], [`ServiceError::NotFound`], a failed precondition, an
    /// interrupted upload, or what the storage said. The content is what it was then.
    pub async fn replace(
        &self,
        context: &Context,
        connection: ConnectionOf,
        file: ItemId,
        mut conditions: Conditions,
        upload: Upload,
    ) -> Result<Stored, ServiceError> {
        let if_match = conditions.if_match.take();
        let guard: ReplaceGuard = if_match.ok_or(ServiceError::PreconditionRequired)?.into();
        // RFC 9110, section 13.2.2: If-Match is there, so this date has no meaning.
        conditions.if_unmodified_since = None;
        let upload = self.connections.while_present(connection.owner, upload);
        let stored = self.change(context, connection, move |backend| async move {
            require(&*backend, &file, &conditions).await?;
            let write = |upload| backend.replace(&file, &guard, upload);
            measured(upload, write).await
        });
        stored.await
    }
}

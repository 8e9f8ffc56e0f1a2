//! Reading a file, if the caller's conditions hold.

use wharf_domain::conditions::{Conditions, Validators};
use wharf_domain::content::{ContentType, Download};
use wharf_domain::context::Context;
use wharf_domain::item::{Item, ItemId, ItemKind};
use wharf_domain::ports::storage::{Operation, StorageBackend, StorageError, StorageErrorKind};
use wharf_domain::range::ByteRange;

use super::{ConnectionOf, Items};
use crate::content::{ContentQuery, Wanted};
use crate::error::ServiceError;

/// What a caller gets who asks for a file's content.
#[derive(Debug)]
pub enum Opened {
    /// The content, or the part of it that was asked for.
    Content(Download),
    /// Nothing, because the caller has the content of this file already.
    Unchanged(Item),
}

impl Items {
    /// Opens a file's content, or a part of it.
    ///
    /// Only a request with conditions costs a look at the file beforehand.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], a failed precondition, a range outside the content, or what the
    /// storage said.
    pub async fn read(
        &self,
        context: &Context,
        connection: ConnectionOf,
        file: ItemId,
        query: ContentQuery,
    ) -> Result<Opened, ServiceError> {
        let opened = self.ask(context, connection, |backend| async move {
            let mut range = query.range;
            if query.conditions != Conditions::default() {
                let item = backend.metadata(&file).await?;
                match query.wanted(validators(&item)?)? {
                    Wanted::Content(part) => range = part,
                    Wanted::Nothing => return Ok(Opened::Unchanged(item)),
                }
            }
            open(&*backend, &file, range).await.map(Opened::Content)
        });
        opened.await
    }
}

impl Items {
    /// Opens a file in another form, one of its export formats.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], a form that the file does not come in, or what the storage said.
    pub async fn export(
        &self,
        context: &Context,
        connection: ConnectionOf,
        file: ItemId,
        format: ContentType,
    ) -> Result<Download, ServiceError> {
        let opened = self.ask(context, connection, |backend| async move {
            backend.export(&file, &format).await
        });
        opened.await
    }
}

/// What the conditions of reading are held against.
fn validators(item: &Item) -> Result<Validators<'_>, StorageError> {
    match item.kind {
        ItemKind::File => Ok(Validators {
            etag: item.etag.as_ref(),
            modified_at: item.modified_at,
        }),
        ItemKind::Folder => Err(StorageError::new(
            StorageErrorKind::NotAFile,
            Operation::Read,
            None,
        )),
    }
}

/// Opens a file. Not every storage understands a range that reaches beyond the content: then it is
/// asked again by first and last byte.
async fn open(
    backend: &dyn StorageBackend,
    file: &ItemId,
    range: Option<ByteRange>,
) -> Result<Download, StorageError> {
    let refusal = match backend.read(file, range).await {
        Err(error) => error,
        opened => return opened,
    };
    let StorageErrorKind::RangeNotSatisfiable { total: Some(total) } = refusal.kind else {
        return Err(refusal);
    };
    match range.map(|range| range.within(total)) {
        Some(Ok(part)) => {
            let plainly = ByteRange::Between(part.first, part.last);
            backend.read(file, Some(plainly)).await
        }
        _ => Err(refusal),
    }
}

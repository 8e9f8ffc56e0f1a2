//! Replacing a file's content: in a session, whose last part puts the whole new content in the old one's
//! place at once.

use std::sync::Arc;

use wharf_domain::content::Upload;
use wharf_domain::item::{Item, ItemId, ItemKind};
use wharf_domain::ports::storage::{ReplaceGuard, StorageErrorKind, Written};

use crate::fault::Fault;

use super::client::Client;
use super::id::FileId;
use super::look::{opened_id, shown};
use super::session::Target;
use super::transfer::Transfer;
use super::{file, look};

/// Puts another content into a file, if it still is what `guard` says. A shortcut leads to the file.
///
/// Version 3 of the API heeds no `If-Match`. So ours take turns at the last look and the last part, and of two
/// of them only one finds the content that both expect. A program that writes in that moment is not held off:
/// its content becomes one of the file's earlier revisions.
pub(crate) async fn replace(
    client: &Arc<Client>,
    item: &ItemId,
    guard: &ReplaceGuard,
    upload: Upload,
) -> Result<Written, Fault> {
    let id = FileId::of(item)?;
    if id.is_top() {
        return Err(StorageErrorKind::NotAFile.into());
    }
    // So that no gigabyte is sent in vain.
    let opened = expected(client, &id, guard).await?;
    let target = Target::Known {
        id: opened.file.clone(),
    };
    let mut transfer = Transfer::begin(client, target, upload).await?;
    let last = transfer.up_to_last().await?;
    let _turn = client.shared.turns.take(&opened.file).await;
    expected(client, &opened, guard).await?;
    let (stored, verification) = transfer.complete(last).await?.keep();
    let stored = shown(&stored)?;
    let item = if opened == id {
        stored
    } else {
        let shortcut = look::shown(&client.file(&id).await?)?;
        Item {
            id: shortcut.id,
            name: shortcut.name,
            ..stored
        }
    };
    Ok(Written { item, verification })
}

/// The file behind an id, if it is what the guard says.
async fn expected(client: &Client, id: &FileId, guard: &ReplaceGuard) -> Result<FileId, Fault> {
    let opened = client.opened(id).await?;
    if file::kind(&opened) == ItemKind::Folder {
        return Err(StorageErrorKind::NotAFile.into());
    }
    // A document of Google's own has no bytes that others could take the place of.
    if file::is_native(&opened) {
        return Err(StorageErrorKind::Unsupported.into());
    }
    if guard.is_met_by(file::etag(&opened).as_ref()) {
        opened_id(&opened)
    } else {
        Err(StorageErrorKind::PreconditionFailed.into())
    }
}

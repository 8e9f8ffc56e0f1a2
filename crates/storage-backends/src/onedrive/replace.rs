//! Replacing a file's content: the last bytes put the whole new content in the old one's place at once.

use std::sync::Arc;

use wharf_domain::content::Upload;
use wharf_domain::item::{ItemId, ItemKind};
use wharf_domain::ports::storage::{ReplaceGuard, StorageErrorKind, Written};

use crate::fault::Fault;

use super::client::Client;
use super::id::Address;
use super::item::DriveItem;
use super::look::shown;
use super::transfer::{Target, Transfer};

/// Puts another content into a file, if it still is what `guard` says.
///
/// OneDrive is told for which version the content is, and compares that when an upload begins. So ours take
/// turns at the last look and the last bytes, and of two of them only one finds the content that both expect.
pub(crate) async fn replace(
    client: &Arc<Client>,
    id: &ItemId,
    guard: &ReplaceGuard,
    upload: Upload,
) -> Result<Written, Fault> {
    if upload.size_bytes.is_none() {
        return Err(StorageErrorKind::SizeRequired.into());
    }
    let address = Address::of(id)?;
    // So that no gigabyte is sent in vain.
    let file = expected(client, &address, guard).await?;
    let target = Target::Known {
        address: address.clone(),
        // Any file will do where nobody expects one.
        e_tag: match guard {
            ReplaceGuard::Exists => None,
            ReplaceGuard::Matches(_) => file.e_tag,
        },
    };
    let mut transfer = Transfer::begin(client, target, upload).await?;
    let last = transfer.up_to_last().await?;
    let _turn = client.shared.turns.take(address.as_str()).await;
    if let ReplaceGuard::Matches(_) = guard {
        expected(client, &address, guard).await?;
    }
    let (item, verification) = transfer.complete(last).await?.keep();
    let item = shown(&item)?;
    Ok(Written { item, verification })
}

/// The file at an address, if it is what the guard says.
async fn expected(
    client: &Client,
    address: &Address,
    guard: &ReplaceGuard,
) -> Result<DriveItem, Fault> {
    if address.is_top() {
        return Err(StorageErrorKind::NotAFile.into());
    }
    let file = client.get(address).await?;
    match file.kind() {
        Some(ItemKind::File) if guard.is_met_by(file.content_tag().as_ref()) => Ok(file),
        Some(ItemKind::File) => Err(StorageErrorKind::PreconditionFailed.into()),
        Some(ItemKind::Folder) => Err(StorageErrorKind::NotAFile.into()),
        None => Err(StorageErrorKind::NotFound.into()),
    }
}

//! Storing a new file, under a name that is free when it is complete.

use std::sync::Arc;

use wharf_domain::content::Upload;
use wharf_domain::item::{ItemId, ItemName};
use wharf_domain::ports::storage::{NameConflict, StorageErrorKind, Written};

use crate::fault::Fault;

use super::calls::Change;
use super::client::Client;
use super::id::Address;
use super::look::{Folder, shown};
use super::name::Name;
use super::transfer::{Completed, Target, Transfer};

/// Stores a content in `folder`, under the first free one of the names that `conflict` allows.
///
/// OneDrive itself sees to it that a name is had once. Who loses the race to one has sent everything already,
/// and where a number will do gets the next.
pub(crate) async fn store(
    client: &Arc<Client>,
    folder: &ItemId,
    name: &ItemName,
    conflict: NameConflict,
    upload: Upload,
) -> Result<Written, Fault> {
    if upload.size_bytes.is_none() {
        return Err(StorageErrorKind::SizeRequired.into());
    }
    let allowed = Name::of(name)?;
    let folder = client.folder(folder).await?;
    folder.check_room(&allowed)?;
    // So that no gigabyte is sent in vain.
    let names = client.free_names(&folder.address, name, conflict).await?;
    let mut names = names.into_iter();
    let first = names.next().ok_or(StorageErrorKind::AlreadyExists)?;
    let target = target(&folder, &first, conflict);
    let mut transfer = Transfer::begin(client, target, upload).await?;
    let last = transfer.up_to_last().await?;
    let mut completed = transfer.complete(last).await?;
    if completed.item.name != first.as_str() {
        rename(client, &mut completed, names).await?;
    }
    let item = shown(&completed.item)?;
    let (_, verification) = completed.keep();
    Ok(Written { item, verification })
}

fn target(folder: &Folder, name: &Name, conflict: NameConflict) -> Target {
    Target::New {
        address: folder.address.child(name),
        drive_kind: folder.drive_kind,
        is_renamed: conflict == NameConflict::Number,
    }
}

/// Gives an item that got a name of OneDrive's choice the first of ours that is free.
async fn rename(
    client: &Client,
    completed: &mut Completed,
    names: impl Iterator<Item = Name> + Send,
) -> Result<(), Fault> {
    let id = completed.item.item_id();
    let address = Address::of(&id.ok_or(StorageErrorKind::Unavailable)?)?;
    for name in names {
        let change = Change::name(name.as_str());
        match client.update(&address, &change).await {
            Ok(item) => {
                completed.item = item;
                return Ok(());
            }
            Err(fault) if fault.kind == StorageErrorKind::AlreadyExists => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(StorageErrorKind::AlreadyExists.into())
}

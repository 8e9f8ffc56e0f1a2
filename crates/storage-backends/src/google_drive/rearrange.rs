//! Giving items another place or name, making folders, and putting items into the bin.

use google_drive3::api::File;
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{Destination, NameConflict, StorageErrorKind};

use crate::fault::Fault;

use super::calls::{Change, NewFile};
use super::client::Client;
use super::file;
use super::id::FileId;
use super::look::shown;

/// Where an item goes, as far as it was said.
pub(crate) struct Place {
    pub(crate) folder: FileId,
    pub(crate) name: ItemName,
}

/// Moves the item there. Ours take turns, for Drive takes any number of items of one name.
pub(crate) async fn relocate(
    client: &Client,
    item: &ItemId,
    to: &Destination,
) -> Result<Item, Fault> {
    let id = FileId::of(item)?;
    if id.is_top() {
        return Err(StorageErrorKind::Forbidden.into());
    }
    let file = client.file(&id).await?;
    let parent = parent(&file);
    let Place { folder, name } = place(client, &file, to).await?;
    let stays = folder_stays(client, &folder, parent, to).await?;
    if stays && file.name.as_deref() == Some(name.as_str()) {
        return Err(StorageErrorKind::IntoItself.into());
    }
    if !stays && is_folder(&file) && client.is_within(&folder, &id.file).await? {
        return Err(StorageErrorKind::IntoItself.into());
    }
    let _turn = client.shared.turns.take(&folder.file).await;
    let own = Some(&*id.file);
    let free = client.free_name(&folder, &name, to.conflict, own).await?;
    let change = Change {
        name: Some(free.as_str()),
        parents: match parent {
            Some(from) if !stays => Some((from, &folder.file)),
            _ => None,
        },
        trashed: None,
    };
    shown(&client.update(&id.file, change).await?)
}

/// The place that is meant: what is not named is as it is now.
pub(crate) async fn place(client: &Client, file: &File, to: &Destination) -> Result<Place, Fault> {
    let folder = match &to.folder {
        Some(folder) => client.folder(folder).await?,
        // What others shared lies in no folder that this account sees.
        None => FileId {
            file: parent(file).ok_or(StorageErrorKind::Forbidden)?.to_owned(),
            drive: file.drive_id.clone(),
        },
    };
    let name = match &to.name {
        Some(name) => name.clone(),
        None => {
            let own = file.name.as_deref().unwrap_or_default();
            own.parse().map_err(|_| StorageErrorKind::NameNotAllowed)?
        }
    };
    Ok(Place { folder, name })
}

/// Whether an item stays in its folder. The top folder has two names, and only Drive knows both.
async fn folder_stays(
    client: &Client,
    folder: &FileId,
    parent: Option<&str>,
    to: &Destination,
) -> Result<bool, Fault> {
    if to.folder.is_none() || parent == Some(&folder.file) {
        return Ok(true);
    }
    if !folder.is_top() || folder.is_shared_drive() {
        return Ok(false);
    }
    let top = client.get(&folder.file).await?;
    Ok(top.id.is_some() && top.id.as_deref() == parent)
}

/// Makes a folder in `parent`.
pub(crate) async fn make_folder(
    client: &Client,
    parent: &ItemId,
    name: &ItemName,
) -> Result<Item, Fault> {
    let parent = client.folder(parent).await?;
    let _turn = client.shared.turns.take(&parent.file).await;
    let conflict = NameConflict::Fail;
    client.free_name(&parent, name, conflict, None).await?;
    let id = client.new_id("files").await?;
    let folder = NewFile::folder(&id, name.as_str(), &parent.file);
    shown(&client.create(&folder).await?)
}

/// Puts the item into the bin of its owner. A shortcut goes there alone.
///
/// Drive could also delete it for good: then nobody brings it back, and it takes the owner's rights in a
/// shared drive. What is in the bin goes for good after 30 days.
pub(crate) async fn trash(client: &Client, item: &ItemId) -> Result<(), Fault> {
    let id = FileId::of(item)?;
    if id.is_top() {
        return Err(StorageErrorKind::Forbidden.into());
    }
    client.file(&id).await?;
    let change = Change {
        trashed: Some(true),
        ..Change::default()
    };
    client.update(&id.file, change).await.map(drop)
}

/// Whether items lie in it: a shortcut to a folder is none.
fn is_folder(file: &File) -> bool {
    file::kind(file) == ItemKind::Folder && !file::is_shortcut(file)
}

/// The folder that a file lies in, as far as the account sees it.
fn parent(file: &File) -> Option<&str> {
    file.parents.as_ref()?.first().map(String::as_str)
}

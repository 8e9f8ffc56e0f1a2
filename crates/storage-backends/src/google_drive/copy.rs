//! Copying: a file by one call, a folder by making another and copying all that lies in it, for Drive copies
//! no folders.

use std::sync::Arc;

use google_drive3::api::File;
use wharf_domain::item::{Item, ItemId, ItemKind};
use wharf_domain::ports::storage::{Destination, StorageErrorKind};

use crate::fault::Fault;
use crate::undo::Undo;

use super::calls::{NewFile, Question};
use super::client::Client;
use super::id::FileId;
use super::look::{opened_id, shown, target};
use super::rearrange::{Place, place};
use super::{file, query};

/// The most that a folder may hold to be copied. Each of them takes a call of its own, and somebody waits.
const MAX_COPIED: usize = 1000;

/// Copies an item. A shortcut is copied as what it leads to.
pub(crate) async fn copy(
    client: &Arc<Client>,
    item: &ItemId,
    to: &Destination,
) -> Result<Item, Fault> {
    let id = FileId::of(item)?;
    if id.is_top() {
        return Err(StorageErrorKind::IntoItself.into());
    }
    let named = client.file(&id).await?;
    let Place { folder, name } = place(client, &named, to).await?;
    let source = match target(&named)? {
        Some(target) => client.file(&target).await?,
        None => named,
    };
    let is_folder = file::kind(&source) == ItemKind::Folder;
    let source_id = opened_id(&source)?;
    if is_folder && client.is_within(&folder, &source_id.file).await? {
        return Err(StorageErrorKind::IntoItself.into());
    }
    // Before anything is made: who copies too much is to find nothing of it.
    let held = if is_folder {
        held(client, source_id).await?
    } else {
        Vec::new()
    };
    let turn = client.shared.turns.take(&folder.file).await;
    let name = client.free_name(&folder, &name, to.conflict, None).await?;
    if !is_folder {
        let copied = copy_file(client, &source, name.as_str(), &folder.file).await?;
        return shown(&copied);
    }
    let id = client.new_id("files").await?;
    let undo = undo(client, &id);
    let new = NewFile::folder(&id, name.as_str(), &folder.file);
    let copied = client.create(&new).await?;
    // The name is taken now, and what follows takes long.
    drop(turn);
    fill(client, &held, &id).await?;
    undo.defuse();
    shown(&copied)
}

/// What lies in a folder, level by level: each with the place in the list of the folder that it lies in, none
/// for the folder itself.
async fn held(client: &Client, top: FileId) -> Result<Vec<(Option<usize>, File)>, Fault> {
    let mut held: Vec<(Option<usize>, File)> = Vec::new();
    let mut folders = vec![(None, top)];
    while let Some((place, folder)) = folders.pop() {
        let query = query::children(&folder.file);
        let mut page: Option<String> = None;
        loop {
            let question = Question {
                query: &query,
                drive: folder.drive.as_deref(),
                order: None,
                page: page.as_deref(),
            };
            let list = client.list(&question).await?;
            for file in list.files.into_iter().flatten() {
                if file.mime_type.as_deref() == Some(file::FOLDER) {
                    folders.push((Some(held.len()), opened_id(&file)?));
                }
                held.push((place, file));
            }
            if held.len() > MAX_COPIED {
                return Err(StorageErrorKind::TooManyEntries.into());
            }
            page = list.next_page_token;
            if page.is_none() {
                break;
            }
        }
    }
    Ok(held)
}

/// Copies all of this into the folder `top`.
async fn fill(client: &Client, held: &[(Option<usize>, File)], top: &str) -> Result<(), Fault> {
    let mut copies: Vec<String> = Vec::with_capacity(held.len());
    for (place, file) in held {
        // A folder stands before what lies in it.
        let parent = place.and_then(|place| copies.get(place));
        let parent = parent.map_or(top, String::as_str);
        let name = file.name.as_deref().unwrap_or_default();
        let copied = match file.mime_type.as_deref() {
            Some(file::FOLDER) => {
                let id = client.new_id("files").await?;
                let folder = client.create(&NewFile::folder(&id, name, parent)).await?;
                folder.id.unwrap_or_default()
            }
            Some(file::SHORTCUT) => {
                copy_shortcut(client, file, name, parent).await?;
                String::new()
            }
            _ => {
                copy_file(client, file, name, parent).await?;
                String::new()
            }
        };
        copies.push(copied);
    }
    Ok(())
}

/// Makes another shortcut to the same target. One that leads to nothing any more cannot be made again, and
/// is left out.
async fn copy_shortcut(
    client: &Client,
    shortcut: &File,
    name: &str,
    parent: &str,
) -> Result<(), Fault> {
    let target = match target(shortcut)? {
        Some(target) => client.get(&target.file).await,
        None => return Ok(()),
    };
    let target = match target {
        Err(fault) if fault.kind == StorageErrorKind::NotFound => return Ok(()),
        target => target?.id.unwrap_or_default(),
    };
    let id = client.new_id("shortcuts").await?;
    let new = NewFile::shortcut(&id, name, parent, &target);
    client.create(&new).await.map(drop)
}

/// Copies a file. Documents of Google's own take no id that was given out before.
async fn copy_file(
    client: &Client,
    source: &File,
    name: &str,
    parent: &str,
) -> Result<File, Fault> {
    let source_id = source.id.as_deref().ok_or(StorageErrorKind::Unavailable)?;
    if file::is_native(source) {
        return client.copy(source_id, None, name, parent).await;
    }
    let id = client.new_id("files").await?;
    client.copy(source_id, Some(&id), name, parent).await
}

/// Takes a half-made copy away, with all that it holds by then.
fn undo(client: &Arc<Client>, folder: &str) -> Undo {
    let background = client.shared.background.clone();
    let (client, folder) = (Arc::clone(client), folder.to_owned());
    Undo::on_drop(&background, async move {
        if client.remove(&folder).await.is_err() {
            tracing::warn!("a part of a copied folder may be left behind");
        }
    })
}

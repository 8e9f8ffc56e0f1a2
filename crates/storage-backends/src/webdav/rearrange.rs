//! Giving items another place, or a second one.

use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{Destination, NameConflict, StorageErrorKind};

use crate::fault::Fault;
use crate::turns::Turns;

use super::client::Client;
use super::path::ItemPath;
use super::transfer::{Transfer, Verb};
use super::{explained, metadata, path_of};

/// An item, and where it is to go: into `folder`, under the first free one of the names that `conflict`
/// allows.
pub(crate) struct Rearrangement<'r> {
    client: &'r Client,
    turns: &'r Turns,
    item: ItemPath,
    folder: ItemPath,
    name: ItemName,
    conflict: NameConflict,
}

impl<'r> Rearrangement<'r> {
    /// The item on its way to this destination; refused if that lies within the item.
    pub(crate) fn new(
        client: &'r Client,
        turns: &'r Turns,
        item: &ItemId,
        to: &Destination,
    ) -> Result<Self, Fault> {
        let item = path_of(item)?;
        let folder = match &to.folder {
            Some(folder) => path_of(folder)?,
            None => item.parent().unwrap_or_else(ItemPath::root),
        };
        // The paths alone say so; some servers would copy without end.
        if folder.is_within(&item) {
            return Err(StorageErrorKind::IntoItself.into());
        }
        let name = match &to.name {
            Some(name) => name.clone(),
            None => item
                .name()
                .parse()
                .map_err(|_| StorageErrorKind::NameNotAllowed)?,
        };
        Ok(Self {
            client,
            turns,
            item,
            folder,
            name,
            conflict: to.conflict,
        })
    }

    /// Moves the item there.
    pub(crate) async fn relocate(&self) -> Result<Item, Fault> {
        let wanted = self.folder.child(self.name.as_str().as_bytes());
        if wanted.as_ref() == Some(&self.item) {
            return Err(StorageErrorKind::IntoItself.into());
        }
        self.transfer(Verb::Move).await
    }

    /// Copies the item there.
    pub(crate) async fn copy(&self) -> Result<Item, Fault> {
        self.transfer(Verb::Copy).await
    }

    async fn transfer(&self, verb: Verb) -> Result<Item, Fault> {
        let transfer = Transfer {
            client: self.client,
            turns: self.turns,
            verb,
            source: &self.item,
            // The kind decides about the slashes, and nginx insists on them.
            kind: metadata::item_at(self.client, &self.item).await?.kind,
        };
        let there = transfer
            .to_free_name(&self.folder, &self.name, self.conflict)
            .await;
        match there {
            Ok(path) => metadata::item_at(self.client, &path).await,
            Err(fault) => Err(explained(self.client, &self.folder, ItemKind::Folder, fault).await),
        }
    }
}

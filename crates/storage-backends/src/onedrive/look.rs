//! What an id leads to, and what a folder has under a name.

use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{NameConflict, StorageErrorKind};

use crate::fault::Fault;
use crate::top_folder::top_folder;

use super::client::Client;
use super::id::Address;
use super::item::{DriveItem, DriveKind};
use super::name::{MAX_PATH_CHARS, Name};

/// How many folders deep a path of 400 characters can lead.
const MAX_DEPTH: usize = MAX_PATH_CHARS / 2;

/// A folder that something is put into.
pub(crate) struct Folder {
    pub(crate) address: Address,
    /// How many characters the path to it has.
    path_chars: usize,
    /// What kind of drive it lies in, if that was told.
    pub(crate) drive_kind: Option<DriveKind>,
}

impl Folder {
    /// Refuses a name with which the whole path would be too long.
    pub(crate) fn check_room(&self, name: &Name) -> Result<(), Fault> {
        if self.path_chars + name.path_chars() > MAX_PATH_CHARS {
            return Err(StorageErrorKind::NameNotAllowed.into());
        }
        Ok(())
    }
}

impl Client {
    /// The folder that is opened by this id.
    pub(crate) async fn folder(&self, id: &ItemId) -> Result<Folder, Fault> {
        let address = Address::of(id)?;
        if address.is_top() {
            return Ok(Folder {
                address,
                path_chars: 0,
                drive_kind: None,
            });
        }
        let folder = self.get(&address).await?;
        match folder.kind() {
            Some(ItemKind::Folder) => Ok(Folder {
                address,
                path_chars: folder.path_chars(),
                drive_kind: folder.drive_kind(),
            }),
            Some(ItemKind::File) => Err(StorageErrorKind::NotAFolder.into()),
            None => Err(StorageErrorKind::NotFound.into()),
        }
    }

    /// The item that an id names.
    pub(crate) async fn item(&self, id: &ItemId) -> Result<Item, Fault> {
        let address = Address::of(id)?;
        if address.is_top() {
            // The token may be over, and the drive may be gone.
            self.get(&address).await?;
            return Ok(top_folder(ItemId::root(), String::new()));
        }
        let item = self.get(&address).await?;
        item.shown()
            .ok_or_else(|| StorageErrorKind::NotFound.into())
    }

    /// The item that has exactly this name in a folder. OneDrive does not tell upper from lower case: what
    /// differs in that alone is not the item, although it keeps the name from being had.
    pub(crate) async fn named(
        &self,
        folder: &Address,
        name: &ItemName,
    ) -> Result<Option<DriveItem>, Fault> {
        // What OneDrive does not take, nothing has.
        let Ok(allowed) = Name::of(name) else {
            return Ok(None);
        };
        let found = self.at_name(folder, &allowed).await?;
        Ok(found.filter(|item| item.name == name.as_str()))
    }

    /// Whatever has this name in a folder, in upper or lower case.
    async fn at_name(&self, folder: &Address, name: &Name) -> Result<Option<DriveItem>, Fault> {
        match self.get(&folder.child(name)).await {
            Ok(item) => Ok(Some(item)),
            Err(fault) if fault.kind == StorageErrorKind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The names that `conflict` allows, from the first one on that nothing has in the folder.
    pub(crate) async fn free_names(
        &self,
        folder: &Address,
        name: &ItemName,
        conflict: NameConflict,
    ) -> Result<Vec<Name>, Fault> {
        let mut names = conflict.candidates(name);
        while let Some(name) = names.next() {
            let name = Name::of(&name)?;
            if self.at_name(folder, &name).await?.is_none() {
                let rest = names.filter_map(|name| Name::of(&name).ok());
                return Ok(std::iter::once(name).chain(rest).collect());
            }
        }
        Err(StorageErrorKind::AlreadyExists.into())
    }

    /// Why something could not be put into a folder: OneDrive says of many things only that the request was
    /// invalid, and of a file that should be a folder that it was not found.
    pub(crate) async fn explained(
        &self,
        fault: Fault,
        folder: &ItemId,
        item: Option<&Address>,
        name: Option<&Name>,
    ) -> Fault {
        if !matches!(
            fault.kind,
            StorageErrorKind::NotFound | StorageErrorKind::Unavailable
        ) {
            return fault;
        }
        let told = async {
            let target = self.folder(folder).await?;
            if let Some(name) = name {
                target.check_room(name)?;
            }
            if let Some(item) = item
                && self.is_within(&target.address, item).await?
            {
                return Err(StorageErrorKind::IntoItself.into());
            }
            Ok(())
        };
        told.await.err().unwrap_or(fault)
    }

    /// Whether a folder is this item or lies anywhere below it.
    async fn is_within(&self, folder: &Address, item: &Address) -> Result<bool, Fault> {
        let mut at = folder.clone();
        for _ in 0..=MAX_DEPTH {
            if at.is_top() {
                return Ok(item.is_top());
            }
            if at == *item {
                return Ok(true);
            }
            let above = self.get(&at).await?;
            let above = above.parent_id().and_then(super::id::item_id);
            match above {
                Some(above) => at = Address::of(&above)?,
                None => return Ok(false),
            }
        }
        Err(StorageErrorKind::Unavailable.into())
    }
}

/// The item, as it is shown after it was made or changed.
pub(crate) fn shown(item: &DriveItem) -> Result<Item, Fault> {
    let item = item.shown();
    item.ok_or_else(|| StorageErrorKind::Unavailable.into())
}

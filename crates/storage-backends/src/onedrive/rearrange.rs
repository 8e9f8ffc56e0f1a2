//! Giving items another place or name, copying them, making folders, and putting items into the bin.

use wharf_domain::item::{Item, ItemId, ItemName};
use wharf_domain::ports::storage::{Destination, NameConflict, StorageErrorKind};

use crate::fault::Fault;

use super::calls::{Change, Reference};
use super::client::Client;
use super::id::{Address, item_id};
use super::item::DriveItem;
use super::look::shown;
use super::monitor;
use super::name::Name;

/// Where an item, or a copy of it, goes.
struct Place<'p> {
    client: &'p Client,
    to: &'p Destination,
    /// What is moved or copied, and its own address.
    item: DriveItem,
    address: Address,
    /// The id of the folder; for the top folder OneDrive takes no other name here.
    folder: String,
    name: ItemName,
}

impl<'p> Place<'p> {
    async fn of(client: &'p Client, id: &ItemId, to: &'p Destination) -> Result<Self, Fault> {
        let address = Address::of(id)?;
        if let Some(name) = &to.name {
            Name::of(name)?;
        }
        let item = client.get(&address).await?;
        if item.kind().is_none() {
            return Err(StorageErrorKind::NotFound.into());
        }
        let folder = match &to.folder {
            Some(folder) if folder.is_root() => client.get(&Address::top()).await?.id,
            Some(folder) => Address::of(folder)?.as_str().to_owned(),
            None => item
                .parent_id()
                .ok_or(StorageErrorKind::Unavailable)?
                .to_owned(),
        };
        let name = match &to.name {
            Some(name) => name.clone(),
            None => {
                let own = item.name.parse();
                own.map_err(|_| StorageErrorKind::NameNotAllowed)?
            }
        };
        Ok(Self {
            client,
            to,
            item,
            address,
            folder,
            name,
        })
    }

    /// Whether this is where the item is already.
    fn is_own(&self) -> bool {
        self.item.parent_id() == Some(&self.folder) && self.item.name == self.name.as_str()
    }

    /// What it comes to under this name.
    fn change<'c>(&'c self, name: &'c Name) -> Change<'c> {
        Change {
            name: name.as_str(),
            parent: Some(Reference {
                drive_id: self.item.drive_id(),
                id: &self.folder,
            }),
        }
    }

    /// Why it could not be put there.
    async fn explained(&self, fault: Fault, name: &Name) -> Fault {
        match &self.to.folder {
            Some(folder) => {
                let item = Some(&self.address);
                self.client.explained(fault, folder, item, Some(name)).await
            }
            None => fault,
        }
    }
}

/// Moves the item there. OneDrive itself sees to it that a name is had once.
pub(crate) async fn relocate(
    client: &Client,
    id: &ItemId,
    to: &Destination,
) -> Result<Item, Fault> {
    if id.is_root() {
        return Err(StorageErrorKind::Forbidden.into());
    }
    let place = Place::of(client, id, to).await?;
    if place.is_own() {
        return Err(StorageErrorKind::IntoItself.into());
    }
    for name in to.conflict.candidates(&place.name) {
        let name = Name::of(&name)?;
        match client.update(&place.address, &place.change(&name)).await {
            Ok(item) => return shown(&item),
            Err(fault) if fault.kind == StorageErrorKind::AlreadyExists => {}
            Err(fault) => return Err(place.explained(fault, &name).await),
        }
    }
    Err(StorageErrorKind::AlreadyExists.into())
}

/// Copies the item there. OneDrive does that after it has answered, and tells when it is done.
pub(crate) async fn copy(client: &Client, id: &ItemId, to: &Destination) -> Result<Item, Fault> {
    if id.is_root() {
        return Err(StorageErrorKind::IntoItself.into());
    }
    let place = Place::of(client, id, to).await?;
    let folder = item_id(&place.folder).ok_or(StorageErrorKind::Unavailable)?;
    let folder = Address::of(&folder)?;
    let names = match to.conflict {
        NameConflict::Fail => vec![Name::of(&place.name)?],
        // A copy that fails in the end takes as long as one that does not.
        NameConflict::Number => client.free_names(&folder, &place.name, to.conflict).await?,
    };
    for name in names {
        match copied(&place, &folder, &name).await {
            Err(fault) if fault.kind == StorageErrorKind::AlreadyExists => {}
            Err(fault) => return Err(place.explained(fault, &name).await),
            copied => return copied,
        }
    }
    Err(StorageErrorKind::AlreadyExists.into())
}

async fn copied(place: &Place<'_>, folder: &Address, name: &Name) -> Result<Item, Fault> {
    let client = place.client;
    let change = place.change(name);
    let mut tried = 1;
    let monitor = loop {
        // An order that was not refused may have been taken, and a second one would make a second copy.
        match client.order_copy(&place.address, &change).await {
            Err(fault)
                if matches!(fault.kind, StorageErrorKind::RateLimited { .. })
                    && client.circuit().is_another_try(&fault, tried).await =>
            {
                tried += 1;
            }
            ordered => break ordered?,
        }
    };
    let copy = match monitor::outcome(&monitor).await? {
        Some(id) => Address::of(&id)?,
        None => folder.child(name),
    };
    shown(&client.get(&copy).await?)
}

/// Makes a folder in `parent`.
pub(crate) async fn make_folder(
    client: &Client,
    parent: &ItemId,
    name: &ItemName,
) -> Result<Item, Fault> {
    let name = Name::of(name)?;
    let address = Address::of(parent)?;
    match client.create_folder(&address, &name).await {
        Ok(folder) => shown(&folder),
        Err(fault) => Err(client.explained(fault, parent, None, Some(&name)).await),
    }
}

/// Puts the item into the bin of its owner, a folder with all that it holds.
///
/// Drives of work and school accounts could also delete it for good. That is not done: nobody could bring back
/// what was deleted by mistake, and personal drives cannot do it at all.
pub(crate) async fn recycle(client: &Client, id: &ItemId) -> Result<(), Fault> {
    if id.is_root() {
        return Err(StorageErrorKind::Forbidden.into());
    }
    client.recycle(&Address::of(id)?).await
}

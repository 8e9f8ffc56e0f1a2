//! What an id leads to, and what a folder has under a name.

use google_drive3::api::File;
use wharf_domain::item::{Item, ItemId, ItemKind, ItemName};
use wharf_domain::ports::storage::{NameConflict, StorageErrorKind};

use crate::fault::Fault;
use crate::top_folder::top_folder;

use super::calls::Question;
use super::client::Client;
use super::file::{self, is_shortcut};
use super::id::{FileId, item_id};
use super::query;

/// How many names are looked for at once, so that the question fits into a URL.
const NAMES_AT_ONCE: usize = 5;

/// How many folders deep Drive lets them lie in each other.
const MAX_DEPTH: usize = 100;

impl Client {
    /// The file that an id names, unless it is in the bin: there nobody is shown it.
    pub(crate) async fn file(&self, id: &FileId) -> Result<File, Fault> {
        let file = self.get(&id.file).await?;
        match file.trashed {
            Some(true) => Err(StorageErrorKind::NotFound.into()),
            _ => Ok(file),
        }
    }

    /// The file that is opened by this id: of a shortcut, its target.
    pub(crate) async fn opened(&self, id: &FileId) -> Result<File, Fault> {
        let file = self.file(id).await?;
        match target(&file)? {
            Some(target) => self.file(&target).await,
            None => Ok(file),
        }
    }

    /// The folder that is opened by this id.
    pub(crate) async fn folder(&self, id: &ItemId) -> Result<FileId, Fault> {
        let id = FileId::of(id)?;
        if id.is_top() {
            return Ok(id);
        }
        let folder = self.opened(&id).await?;
        match file::kind(&folder) {
            ItemKind::Folder => opened_id(&folder),
            ItemKind::File => Err(StorageErrorKind::NotAFolder.into()),
        }
    }

    /// The item that an id names. A shortcut is told with what its target is, as long as there is one.
    pub(crate) async fn item(&self, item: &ItemId) -> Result<Item, Fault> {
        let id = FileId::of(item)?;
        let file = self.file(&id).await?;
        if id.is_top() {
            let name = match &id.drive {
                Some(drive) => self.drive_name(drive).await?.unwrap_or_default(),
                None => String::new(),
            };
            return Ok(top_folder(item.clone(), name));
        }
        let shown = shown(&file)?;
        let Some(target) = target(&file)? else {
            return Ok(shown);
        };
        match self.file(&target).await {
            Ok(target) => Ok(Item {
                id: shown.id,
                name: shown.name,
                ..self::shown(&target)?
            }),
            Err(fault) if fault.kind == StorageErrorKind::NotFound => Ok(shown),
            Err(fault) => Err(fault),
        }
    }

    /// The oldest of the files that have exactly this name in a folder: names are not unique here, and who
    /// asks twice is to be told the same.
    pub(crate) async fn named(&self, folder: &FileId, name: &str) -> Result<Option<File>, Fault> {
        let query = query::named(&folder.file, [name]);
        let mut page: Option<String> = None;
        loop {
            let question = Question {
                query: &query,
                drive: folder.drive.as_deref(),
                order: Some("createdTime"),
                page: page.as_deref(),
            };
            let list = self.list(&question).await?;
            let files = list.files.into_iter().flatten();
            let exact = files.filter(|file| file.name.as_deref() == Some(name));
            let oldest = exact.min_by_key(|file| (file.created_time, file.id.clone()));
            page = list.next_page_token;
            if oldest.is_some() || page.is_none() {
                return Ok(oldest);
            }
        }
    }

    /// The first of the names that `conflict` allows which nothing has in the folder. The file `own` may
    /// have it: that is the one to be named.
    pub(crate) async fn free_name(
        &self,
        folder: &FileId,
        name: &ItemName,
        conflict: NameConflict,
        own: Option<&str>,
    ) -> Result<ItemName, Fault> {
        let candidates: Vec<_> = conflict.candidates(name).collect();
        let (first, others) = candidates.split_at(1);
        for names in std::iter::once(first).chain(others.chunks(NAMES_AT_ONCE)) {
            let taken = self.taken(folder, names, own).await?;
            let free = names.iter().find(|name| !taken.contains(name));
            if let Some(free) = free {
                return Ok(free.clone());
            }
        }
        Err(StorageErrorKind::AlreadyExists.into())
    }

    /// Which of these names something else than `own` has in the folder.
    async fn taken<'n>(
        &self,
        folder: &FileId,
        names: &'n [ItemName],
        own: Option<&str>,
    ) -> Result<Vec<&'n ItemName>, Fault> {
        let query = query::named(&folder.file, names.iter().map(ItemName::as_str));
        let mut taken = Vec::new();
        let mut page: Option<String> = None;
        loop {
            let question = Question {
                query: &query,
                drive: folder.drive.as_deref(),
                order: None,
                page: page.as_deref(),
            };
            let list = self.list(&question).await?;
            for file in list.files.into_iter().flatten() {
                let is_other = own.is_none() || file.id.as_deref() != own;
                let name = names
                    .iter()
                    .find(|name| file.name.as_deref() == Some(name.as_str()));
                taken.extend(name.filter(|_| is_other));
            }
            page = list.next_page_token;
            // A name twice is taken once: no more need be read than there are names.
            if page.is_none() {
                return Ok(taken);
            }
        }
    }

    /// Whether a folder is the file `other` or lies anywhere below it.
    pub(crate) async fn is_within(&self, folder: &FileId, other: &str) -> Result<bool, Fault> {
        let mut at = folder.file.clone();
        for _ in 0..=MAX_DEPTH {
            if at == other {
                return Ok(true);
            }
            let above = self.get(&at).await?.parents;
            match above.into_iter().flatten().next() {
                Some(above) => at = above,
                None => return Ok(false),
            }
        }
        Err(StorageErrorKind::Unavailable.into())
    }
}

/// What a shortcut leads to; `None` if the file is none. A shortcut to a shortcut cannot be made.
pub(crate) fn target(file: &File) -> Result<Option<FileId>, Fault> {
    if !is_shortcut(file) {
        return Ok(None);
    }
    let details = file.shortcut_details.as_ref();
    let target = details.and_then(|details| details.target_id.as_deref());
    let id = target.and_then(|target| item_id(target, None));
    let id = id.ok_or(StorageErrorKind::NotFound)?;
    FileId::of(&id).map(Some)
}

/// The file as an item.
pub(crate) fn shown(file: &File) -> Result<Item, Fault> {
    file::item(file).ok_or_else(|| StorageErrorKind::Unavailable.into())
}

/// The id that a file is opened by.
pub(crate) fn opened_id(file: &File) -> Result<FileId, Fault> {
    let id = file::id(file).ok_or(StorageErrorKind::Unavailable)?;
    FileId::of(&id)
}

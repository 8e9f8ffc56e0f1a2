//! Folders, page by page. Shared drives stand beside what lies in the account's own top folder: there they
//! are found without another way to ask.

use std::sync::Arc;

use futures_util::stream::{self, Stream};
use google_drive3::api::{DriveList, FileList};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::listing::Listing;
use wharf_domain::ports::storage::{EntryBatch, StorageErrorKind};

use crate::fault::Fault;
use crate::top_folder::top_folder;

use super::calls::Question;
use super::client::Client;
use super::id::{FileId, item_id};
use super::{file, query};

/// What is to be read next.
enum Next {
    /// A page of the folder's files.
    Files(Option<String>),
    /// A page of the shared drives.
    Drives(Option<String>),
    /// Nothing.
    End,
}

/// A folder that is being read.
pub(crate) struct Entries {
    client: Arc<Client>,
    folder: FileId,
    query: String,
    next: Next,
    /// How many entries came so far.
    read: usize,
}

impl Entries {
    /// The entries of a folder. Its first page is there, so that what keeps it from being read is known.
    pub(crate) async fn of(
        client: &Arc<Client>,
        folder: &ItemId,
    ) -> Result<impl Stream<Item = Result<EntryBatch, Fault>> + Send + use<>, Fault> {
        let folder = client.folder(folder).await?;
        let mut entries = Self {
            client: Arc::clone(client),
            query: query::children(&folder.file),
            folder,
            next: Next::Files(None),
            read: 0,
        };
        let first = entries.batch().await?;
        Ok(stream::try_unfold(
            (first, entries),
            |(ready, mut entries)| async {
                let batch = match ready {
                    Some(batch) => Some(batch),
                    None => entries.batch().await?,
                };
                Ok(batch.map(|batch| (batch, (None, entries))))
            },
        ))
    }

    /// The next page.
    async fn batch(&mut self) -> Result<Option<EntryBatch>, Fault> {
        let batch = match std::mem::replace(&mut self.next, Next::End) {
            Next::Files(page) => self.files(page.as_deref()).await?,
            Next::Drives(page) => self.drives(page.as_deref()).await?,
            Next::End => return Ok(None),
        };
        self.read += batch.items.len() + batch.skipped as usize;
        if self.read > Listing::MAX_ITEMS {
            return Err(StorageErrorKind::TooManyEntries.into());
        }
        Ok(Some(batch))
    }

    async fn files(&mut self, page: Option<&str>) -> Result<EntryBatch, Fault> {
        let question = Question {
            query: &self.query,
            drive: self.folder.drive.as_deref(),
            order: None,
            page,
        };
        let list = self.client.list(&question).await;
        // Where a page is refused that Drive itself named, the listing has to begin anew.
        let list: FileList = list.map_err(|fault| match fault.kind {
            StorageErrorKind::Unavailable if page.is_some() => StorageErrorKind::Interrupted.into(),
            _ => fault,
        })?;
        self.next = match list.next_page_token {
            Some(next) if page == Some(&*next) => return Err(StorageErrorKind::Unavailable.into()),
            Some(next) => Next::Files(Some(next)),
            None if self.folder.is_top() && self.folder.drive.is_none() => Next::Drives(None),
            None => Next::End,
        };
        let files = list.files.into_iter().flatten();
        Ok(batch(files.map(|file| file::item(&file))))
    }

    async fn drives(&mut self, page: Option<&str>) -> Result<EntryBatch, Fault> {
        let list: DriveList = match self.client.drives(page).await {
            Ok(list) => list,
            // Who gave access to Wharf's own files only has no shared drives here.
            Err(fault) if fault.kind == StorageErrorKind::Forbidden => DriveList::default(),
            Err(fault) => return Err(fault),
        };
        if let Some(next) = list.next_page_token {
            if page == Some(&*next) {
                return Err(StorageErrorKind::Unavailable.into());
            }
            self.next = Next::Drives(Some(next));
        }
        let drives = list.drives.into_iter().flatten();
        Ok(batch(drives.map(|drive| {
            let id = item_id(drive.id.as_deref()?, drive.id.as_deref())?;
            Some(top_folder(id, drive.name.unwrap_or_default()))
        })))
    }
}

/// The entries that can be used, and how many cannot.
fn batch(entries: impl Iterator<Item = Option<Item>>) -> EntryBatch {
    let mut batch = EntryBatch::default();
    for entry in entries {
        match entry {
            Some(item) => batch.items.push(item),
            None => batch.skipped += 1,
        }
    }
    batch
}

impl Client {
    /// The shared drive of this name; of several the first that Drive tells.
    pub(crate) async fn drive_named(&self, name: &str) -> Result<Option<Item>, Fault> {
        let mut page: Option<String> = None;
        loop {
            let list = match self.drives(page.as_deref()).await {
                Ok(list) => list,
                Err(fault) if fault.kind == StorageErrorKind::Forbidden => return Ok(None),
                Err(fault) => return Err(fault),
            };
            let mut drives = list.drives.into_iter().flatten();
            if let Some(drive) = drives.find(|drive| drive.name.as_deref() == Some(name)) {
                let id = item_id(drive.id.as_deref().unwrap_or_default(), drive.id.as_deref());
                return Ok(id.map(|id| top_folder(id, name.to_owned())));
            }
            page = list.next_page_token;
            if page.is_none() {
                return Ok(None);
            }
        }
    }
}

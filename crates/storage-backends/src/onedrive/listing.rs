//! Folders, page by page.
//! <https://learn.microsoft.com/graph/api/driveitem-list-children>

use std::sync::Arc;

use futures_util::stream::{self, Stream};
use wharf_domain::item::ItemId;
use wharf_domain::listing::Listing;
use wharf_domain::ports::storage::{EntryBatch, StorageErrorKind};

use crate::fault::Fault;

use super::calls::Page;
use super::client::Client;
use super::id::Address;
use super::item::DriveItem;

/// A folder that is being read.
struct Pages {
    client: Arc<Client>,
    /// Where the next page is had; `None` after the last.
    next: Option<String>,
    /// How many entries came so far. A page counts as one at least, so that even empty ones come to an end.
    read: usize,
}

/// The entries of a folder. Its first page is there, so that what keeps it from being read is known.
pub(crate) async fn entries(
    client: &Arc<Client>,
    folder: &ItemId,
) -> Result<impl Stream<Item = Result<EntryBatch, Fault>> + Send + use<>, Fault> {
    let address = Address::of(folder)?;
    let first = match client.children(&address).await {
        Ok(page) => page,
        // Also what has the form of an id, and was never one, is an invalid request.
        Err(fault) => return Err(client.explained(fault, folder, None, None).await),
    };
    if first.value.is_empty() {
        // A file has no entries either, and OneDrive need not mind the question.
        client.folder(folder).await?;
    }
    let mut pages = Pages {
        client: Arc::clone(client),
        next: None,
        read: 0,
    };
    let first = pages.take(first)?;
    Ok(stream::try_unfold(
        (Some(first), pages),
        |(ready, mut pages)| async {
            let batch = match ready {
                Some(batch) => Some(batch),
                None => pages.batch().await?,
            };
            Ok(batch.map(|batch| (batch, (None, pages))))
        },
    ))
}

impl Pages {
    async fn batch(&mut self) -> Result<Option<EntryBatch>, Fault> {
        let Some(link) = self.next.take() else {
            return Ok(None);
        };
        let page = self.client.next_page(&link).await?;
        if page.next_link.as_ref() == Some(&link) {
            return Err(StorageErrorKind::Unavailable.into());
        }
        self.take(page).map(Some)
    }

    /// The entries of a page that can be used, and how many cannot.
    fn take(&mut self, page: Page) -> Result<EntryBatch, Fault> {
        self.read += page.value.len().max(1);
        if self.read > Listing::MAX_ITEMS {
            return Err(StorageErrorKind::TooManyEntries.into());
        }
        self.next = page.next_link;
        let mut batch = EntryBatch::default();
        for entry in page.value {
            let item = serde_json::from_value::<DriveItem>(entry).ok();
            match item.and_then(|item| item.shown()) {
                Some(item) => batch.items.push(item),
                None => batch.skipped += 1,
            }
        }
        Ok(batch)
    }
}

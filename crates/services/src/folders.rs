//! Folders: what lies in a connected storage, a page at a time, read from a cache where that is
//! fresh enough.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use wharf_domain::connection::Connection;
use wharf_domain::context::Context;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::listing::Listing;
use wharf_domain::page::{Cursor, PageLimit, fingerprint};
use wharf_domain::ports::listings::{ListingKey, Listings};
use wharf_domain::ports::storage::{Operation, StorageBackend, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;

use crate::connections::Connections;
use crate::error::ServiceError;

/// The use cases around folders.
#[derive(Clone)]
pub struct Folders {
    connections: Connections,
    listings: Arc<dyn Listings>,
}

impl fmt::Debug for Folders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folders").finish_non_exhaustive()
    }
}

/// Through which connection a folder is read.
#[derive(Clone, Copy, Debug)]
pub enum Through {
    /// This one.
    Connection(ConnectionId),
    /// The only one that the user has of a provider.
    Provider(Provider),
    /// This one, which must be of that provider.
    ConnectionOfProvider(ConnectionId, Provider),
}

/// Which part of a folder is asked for.
#[derive(Clone, Debug)]
pub struct FolderQuery {
    /// The folder.
    pub folder: ItemId,
    /// How many items at most.
    pub limit: PageLimit,
    /// From where on; `None` is the beginning.
    pub cursor: Option<Cursor>,
    /// Whether the storage is to be asked even if the cache knows an answer.
    pub fresh: bool,
}

/// A page of a folder's items.
#[derive(Clone, Debug)]
pub struct FolderPage {
    listing: Arc<Listing>,
    range: Range<usize>,
    /// The connection that it was read through.
    pub connection: ConnectionId,
    /// Leads to the items behind these; `None` at the end.
    pub next: Option<Cursor>,
}

impl FolderPage {
    /// The items of this page.
    pub fn items(&self) -> &[Item] {
        self.listing
            .items()
            .get(self.range.clone())
            .unwrap_or_default()
    }

    /// How many entries of the whole folder were left out because they could not be used.
    pub fn skipped(&self) -> u32 {
        self.listing.skipped()
    }
}

impl Folders {
    /// The use cases on these ports.
    pub fn new(connections: Connections, listings: Arc<dyn Listings>) -> Self {
        Self {
            connections,
            listings,
        }
    }

    /// A page of a folder.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::NotConnected`], [`ServiceError::ConnectionAmbiguous`],
    /// [`ServiceError::CursorInvalid`], [`ServiceError::CursorExpired`], or what the storage said.
    pub async fn list(
        &self,
        context: &Context,
        owner: UserId,
        through: Through,
        query: FolderQuery,
    ) -> Result<FolderPage, ServiceError> {
        let connection = match through {
            Through::Connection(id) => self.connections.live(owner, id).await?,
            Through::Provider(provider) => {
                self.connections.of_provider(owner, provider, None).await?
            }
            Through::ConnectionOfProvider(id, provider) => {
                self.connections
                    .of_provider(owner, provider, Some(id))
                    .await?
            }
        };
        let key = ListingKey {
            connection: connection.id,
            folder: query.folder,
        };
        let list = fingerprint([&key.connection.as_bytes()[..], key.folder.item()]);
        let place = query
            .cursor
            .map(|cursor| Place::read(&cursor, list))
            .transpose()?;
        let listing = self.listing(context, &connection, key, query.fresh).await?;
        cut(listing, connection.id, list, place, query.limit)
    }

    async fn listing(
        &self,
        context: &Context,
        connection: &Connection,
        key: ListingKey,
        fresh: bool,
    ) -> Result<Arc<Listing>, ServiceError> {
        let known = self.listings.get(&key).await;
        if let Some(listing) = known.listing.filter(|_| !fresh) {
            return Ok(listing);
        }
        let folder = key.folder.clone();
        let read = self
            .connections
            .with_backend(context, connection, |backend| {
                read_whole(backend, connection.provider, folder)
            });
        let listing = Arc::new(read.await?);
        self.listings
            .put(key, known.generation, Arc::clone(&listing))
            .await;
        Ok(listing)
    }
}

/// Reads a folder to its end, which no storage can put off for ever: a listing has a largest size.
async fn read_whole(
    backend: Arc<dyn StorageBackend>,
    provider: Provider,
    folder: ItemId,
) -> Result<Listing, StorageError> {
    let mut entries = backend.list(&folder).await?;
    let (mut items, mut skipped) = (Vec::new(), 0_u32);
    while let Some(batch) = entries.try_next().await? {
        items.extend(batch.items);
        skipped = skipped.saturating_add(batch.skipped);
        if items.len() > Listing::MAX_ITEMS {
            return Err(StorageError::new(
                StorageErrorKind::TooManyEntries,
                Operation::List,
                Some(provider),
            ));
        }
    }
    Ok(Listing::new(items, skipped))
}

/// A place in a listing: which reading of the folder, and how many items lie before it.
struct Place {
    reading: u64,
    offset: usize,
}

impl Place {
    fn read(cursor: &Cursor, list: u64) -> Result<Self, ServiceError> {
        let position = u128::from_be_bytes(
            cursor
                .position_in(list)
                .map_err(|_| ServiceError::CursorInvalid)?,
        );
        let [reading, offset] =
            [position >> 64, position & u128::from(u64::MAX)].map(|half| half as u64);
        let offset = usize::try_from(offset).map_err(|_| ServiceError::CursorInvalid)?;
        Ok(Self { reading, offset })
    }

    fn write(&self, list: u64) -> Cursor {
        let position = (u128::from(self.reading) << 64) | self.offset as u128;
        Cursor::new(list, position.to_be_bytes())
    }
}

fn cut(
    listing: Arc<Listing>,
    connection: ConnectionId,
    list: u64,
    place: Option<Place>,
    limit: PageLimit,
) -> Result<FolderPage, ServiceError> {
    let reading = listing.fingerprint();
    let start = match place {
        Some(place) if place.reading != reading => return Err(ServiceError::CursorExpired),
        Some(place) if place.offset > listing.items().len() => {
            return Err(ServiceError::CursorInvalid);
        }
        Some(place) => place.offset,
        None => 0,
    };
    let end = listing.items().len().min(start.saturating_add(limit.get()));
    let next = (end < listing.items().len()).then(|| {
        Place {
            reading,
            offset: end,
        }
        .write(list)
    });
    Ok(FolderPage {
        listing,
        range: start..end,
        connection,
        next,
    })
}

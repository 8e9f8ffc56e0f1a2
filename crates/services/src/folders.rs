//! Folders: what lies in a connected storage, a page at a time, read from a cache where that is
//! fresh enough. Whoever waits for the same folder waits for the same reading.

mod place;
mod reading;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wharf_domain::context::Context;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::listing::Listing;
use wharf_domain::page::{Cursor, PageLimit, fingerprint};
use wharf_domain::ports::listings::{Generation, ListingKey, Listings};
use wharf_domain::provider::Provider;
use wharf_domain::sort::Sort;

use self::place::Place;
use self::reading::Reading;
use crate::connections::Connections;
use crate::error::ServiceError;
use crate::flights::{Flights, Join};
use crate::meters::{self, ListingSource};
use crate::tasks::Tasks;

/// The use cases around folders.
#[derive(Clone)]
pub struct Folders {
    connections: Connections,
    listings: Arc<dyn Listings>,
    flights: Flights<Route, Arc<Listing>>,
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

/// Which readings may be shared: those of one folder between two changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Route {
    key: ListingKey,
    /// A reading that began before a change does not serve who asks after it.
    generation: Generation,
    /// Whether the storage itself must be asked.
    fresh: bool,
}

/// Which part of a folder is asked for.
#[derive(Clone, Debug)]
pub struct FolderQuery {
    /// The folder.
    pub folder: ItemId,
    /// In which order.
    pub sort: Sort,
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
    sort: Sort,
    positions: Range<usize>,
    list: u64,
    /// The connection that it was read through.
    pub connection: ConnectionId,
    /// Leads to the items behind these; `None` at the end.
    pub next: Option<Cursor>,
}

/// Tells a page from every other: through which connection, which part of which folder in which
/// order, as which reading found it. Pages of the same name are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageName {
    connection: ConnectionId,
    list: u64,
    reading: u64,
    skipped: u32,
    from: usize,
    to: usize,
}

impl FolderPage {
    /// The items of this page, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        let all = self.listing.items();
        let positions = self.listing.positions(self.sort, self.positions.clone());
        positions.into_iter().filter_map(|place| all.get(place))
    }

    /// What tells it from every other page.
    pub fn name(&self) -> PageName {
        PageName {
            connection: self.connection,
            list: self.list,
            reading: self.listing.fingerprint(),
            skipped: self.listing.skipped(),
            from: self.positions.start,
            to: self.positions.end,
        }
    }

    /// How many entries of the whole folder were left out because they could not be used.
    pub fn skipped(&self) -> u32 {
        self.listing.skipped()
    }
}

impl Folders {
    /// The use cases on these ports. Folders are read by `tasks`, so that a reading which several wait
    /// for does not end with one of them.
    pub fn new(connections: Connections, listings: Arc<dyn Listings>, tasks: Tasks) -> Self {
        Self {
            connections,
            listings,
            flights: Flights::new(tasks),
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
        let FolderQuery {
            folder,
            sort,
            limit,
            cursor,
            fresh,
        } = query;
        let connection = self.connection(owner, through).await?;
        let list = fingerprint([
            &connection.as_bytes()[..],
            folder.to_string().as_bytes(),
            sort.as_str().as_bytes(),
        ]);
        let place = cursor.map(|cursor| Place::read(&cursor, list));
        let place = place.transpose()?;
        let key = ListingKey {
            owner,
            connection,
            folder,
        };
        let listing = self.listing(context, key, fresh).await?;
        let start = Place::within(place, &listing)?;
        let end = start.offset.saturating_add(limit.get());
        Ok(FolderPage {
            sort,
            positions: start.offset..end,
            list,
            next: (end < listing.items().len()).then(|| start.moved_to(end).write(list)),
            listing,
            connection,
        })
    }

    /// The connection that is meant. One that was named by its id alone is not looked up: whether it is
    /// the owner's is known from the cached listing, or found out before the folder is read.
    async fn connection(
        &self,
        owner: UserId,
        through: Through,
    ) -> Result<ConnectionId, ServiceError> {
        let (provider, named) = match through {
            Through::Connection(id) => return Ok(id),
            Through::Provider(provider) => (provider, None),
            Through::ConnectionOfProvider(id, provider) => (provider, Some(id)),
        };
        let connection = self.connections.of_provider(owner, provider, named);
        Ok(connection.await?.id)
    }

    async fn listing(
        &self,
        context: &Context,
        key: ListingKey,
        fresh: bool,
    ) -> Result<Arc<Listing>, ServiceError> {
        let known = self.listings.get(&key).await;
        if let Some(listing) = known.listing.filter(|_| !fresh) {
            meters::listed(ListingSource::Cache);
            return Ok(listing);
        }
        let reading = Reading {
            connections: self.connections.clone(),
            listings: Arc::clone(&self.listings),
            context: context.clone(),
            key: key.clone(),
            fresh,
        };
        let route = Route {
            key,
            generation: known.generation,
            fresh,
        };
        // Whoever wants it fresh never gets a reading that began before they came.
        let join = if fresh { Join::Later } else { Join::Any };
        let begun = AtomicBool::new(false);
        let landed = self.flights.share(route, join, || {
            begun.store(true, Ordering::Relaxed);
            reading.clone().run()
        });
        let landed = landed.await;
        meters::listed(match begun.into_inner() {
            true => ListingSource::Reading,
            false => ListingSource::Shared,
        });
        landed.map_err(ServiceError::Shared)
    }
}

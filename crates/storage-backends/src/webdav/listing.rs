//! The answer to a PROPFIND turned into items: what lies directly in the folder, and nothing else.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, Stream};
use tokio::time::{Instant, timeout_at};
use wharf_domain::listing::Listing;
use wharf_domain::ports::storage::{EntryBatch, StorageErrorKind};
use wharf_egress::Error as EgressError;

use crate::fault::Fault;
use crate::temporary;

use super::dialect::Dialect;
use super::href::{Hrefs, Place};
use super::item::item;
use super::multistatus::{Malformed, Response};
use super::path::ItemPath;
use super::propfind::{Error, Responses};
use super::status;

/// How many items go on at once.
const BATCH_ITEMS: usize = 256;

/// The longest that a server may take for a whole listing, however steadily it trickles.
const DEADLINE: Duration = Duration::from_secs(300);

/// How often a server is asked that gives up in the middle of its answer.
const ATTEMPTS: usize = 3;

/// A server's answer as it arrives, and how to read its hrefs.
pub(crate) type Answer<S> = (Responses<S>, Hrefs);

/// Asks for the folder once more.
pub(crate) type Ask<S> = Box<dyn Fn() -> BoxFuture<'static, Result<Answer<S>, Fault>> + Send>;

/// The direct children of a folder, in batches as they arrive. A fault is the last item. Where the
/// server gives up it is asked again, and what came before is not repeated.
pub(crate) fn entries<S>(
    (responses, hrefs): Answer<S>,
    folder: ItemPath,
    dialect: Dialect,
    ask: Ask<S>,
) -> impl Stream<Item = Result<EntryBatch, Fault>> + Send
where
    S: Stream<Item = Result<Bytes, EgressError>> + Send + Unpin,
{
    let entries = Entries {
        responses,
        hrefs,
        folder,
        dialect,
        ask,
        attempts: 1,
        seen: HashSet::new(),
        hasher: RandomState::new(),
        responses_read: 0,
        skipped: 0,
        skipped_told: 0,
    };
    let deadline = Instant::now() + DEADLINE;
    stream::try_unfold(entries, move |mut entries| async move {
        match timeout_at(deadline, entries.next_batch()).await {
            Ok(batch) => Ok(batch?.map(|batch| (batch, entries))),
            Err(_) => Err(StorageErrorKind::TimedOut.into()),
        }
    })
}

struct Entries<S> {
    responses: Responses<S>,
    hrefs: Hrefs,
    folder: ItemPath,
    dialect: Dialect,
    ask: Ask<S>,
    /// How often the folder was asked for.
    attempts: usize,
    /// Hashes of the names that came, under a key that no server knows: names would take ten times the room.
    seen: HashSet<u64>,
    hasher: RandomState,
    /// How many responses this answer has had.
    responses_read: usize,
    /// How many of them were left out, and how many of any answer were told of.
    skipped: u32,
    skipped_told: u32,
}

impl<S> Entries<S>
where
    S: Stream<Item = Result<Bytes, EgressError>> + Unpin,
{
    /// The next items; `None` at the end of the answer.
    async fn next_batch(&mut self) -> Result<Option<EntryBatch>, Fault> {
        let mut batch = EntryBatch::default();
        while batch.items.len() < BATCH_ITEMS {
            let Some(response) = self.next_response().await? else {
                return self.last(batch);
            };
            self.responses_read += 1;
            // One more than the entries, for the folder itself.
            if self.responses_read > Listing::MAX_ITEMS + 1 {
                return Err(StorageErrorKind::TooManyEntries.into());
            }
            self.take(response, &mut batch)?;
        }
        Ok(Some(batch))
    }

    /// The next response of this answer; where the server gives it up, the first of another one.
    async fn next_response(&mut self) -> Result<Option<Response>, Fault> {
        loop {
            match self.responses.next().await {
                Err(Error::Malformed(Malformed::GivenUp)) if self.attempts < ATTEMPTS => {
                    self.begin_anew().await?;
                }
                response => return Ok(response?),
            }
        }
    }

    async fn begin_anew(&mut self) -> Result<(), Fault> {
        (self.responses, self.hrefs) = (self.ask)().await?;
        self.attempts += 1;
        self.responses_read = 0;
        self.skipped = 0;
        Ok(())
    }

    /// an answer that does not even name the folder is no answer to our question.
    fn last(&self, batch: EntryBatch) -> Result<Option<EntryBatch>, Fault> {
        if self.responses_read == 0 {
            return Err(StorageErrorKind::WrongProtocol.into());
        }
        let is_empty = batch.items.is_empty() && batch.skipped == 0;
        Ok((!is_empty).then_some(batch))
    }

    fn take(&mut self, response: Response, batch: &mut EntryBatch) -> Result<(), Fault> {
        match self.hrefs.place(&response.href) {
            Place::Itself => check_folder(&response),
            // An upload under way is nobody's item yet.
            Place::Child(name) if temporary::is_temporary(&name) => Ok(()),
            Place::Child(name) => {
                let is_new = self.seen.insert(self.hasher.hash_one(&*name));
                let path = self.folder.child(&name);
                drop(name);
                match path.zip(response.into_properties()) {
                    Some((path, properties)) if is_new => {
                        batch.items.push(item(path, properties, &self.dialect));
                    }
                    Some(_) => {}
                    None => self.skip(batch),
                }
                Ok(())
            }
            Place::Elsewhere => {
                self.skip(batch);
                Ok(())
            }
        }
    }

    fn skip(&mut self, batch: &mut EntryBatch) {
        self.skipped += 1;
        if self.skipped > self.skipped_told {
            self.skipped_told = self.skipped;
            batch.skipped += 1;
        }
    }
}

fn check_folder(folder: &Response) -> Result<(), Fault> {
    let is_known_file = folder
        .properties
        .as_ref()
        .is_some_and(|properties| !properties.is_collection);
    match folder.status {
        Some(status @ (0..=199 | 300..)) => Err(status::kind(status, None).into()),
        _ if is_known_file => Err(StorageErrorKind::NotAFolder.into()),
        _ => Ok(()),
    }
}

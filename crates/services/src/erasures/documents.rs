//! Deleting the documents of one storage: a few at a time, each noted when it is done, so that whoever
//! goes on after a crash begins where it ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio_util::sync::CancellationToken;
use wharf_domain::erasure::{DocumentEnd, DoomedDocument, LeftBehind};
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::StepId;
use wharf_domain::ports::storage::{StorageBackend, StorageError, StorageErrorKind};

use super::Erasures;
use super::storage::{Failed, Storage};
use crate::documents::{ContentFate, delete_content};
use crate::error::ServiceError;
use crate::outbox::Undone;

/// How many documents are read and noted at once.
const BATCH: usize = 32;

/// How many are deleted at the same time.
const AT_ONCE: usize = 4;

/// Where documents are deleted.
pub(super) enum Place<'a> {
    House(Arc<dyn StorageBackend>),
    Storage(&'a Storage<'a>),
}

/// What came of one document.
enum Outcome {
    /// It is settled.
    Ended(DocumentEnd),
    /// Another time.
    Later(ServiceError),
    /// Another time, and so is everything else there.
    Away(ServiceError),
    /// The storage does not let us in any more.
    Refused,
    /// It was not asked for, after one of these.
    Skipped,
}

impl Erasures {
    /// Deletes what is left of a part's documents. Those that cannot be deleted now are passed over, so
    /// that they keep no others.
    pub(super) async fn delete_documents(
        &self,
        part: StepId,
        place: &Place<'_>,
        stopping: &CancellationToken,
    ) -> Result<(), Undone> {
        let mut after = None;
        let mut later = None;
        loop {
            if stopping.is_cancelled() {
                return Err(Undone::Stopping);
            }
            let doomed = self.reach.erasures.doomed(part, after, BATCH).await;
            let doomed = doomed.map_err(ServiceError::from)?;
            let Some(last) = doomed.last() else {
                return later.map_or(Ok(()), |error| Err(Undone::Failed(error)));
            };
            after = Some(last.id);
            match self.delete_some(part, place, doomed).await? {
                None => {}
                Some(Outcome::Later(error)) => later = Some(error),
                Some(Outcome::Refused) => {
                    let left = self
                        .reach
                        .erasures
                        .leave(part, LeftBehind::CredentialRefused);
                    left.await.map_err(ServiceError::from)?;
                    return Ok(());
                }
                Some(Outcome::Away(error)) => return Err(error.into()),
                Some(Outcome::Ended(_) | Outcome::Skipped) => {}
            }
        }
    }

    /// Deletes these documents and notes what came of them; the worst that did not end them.
    async fn delete_some(
        &self,
        part: StepId,
        place: &Place<'_>,
        doomed: Vec<DoomedDocument>,
    ) -> Result<Option<Outcome>, ServiceError> {
        // What is under way ends, for it may be getting a token; nothing else is begun.
        let is_over = &AtomicBool::new(false);
        let mut outcomes = stream::iter(doomed)
            .map(|document| async move {
                let id = document.id;
                if is_over.load(Ordering::Relaxed) {
                    return (id, Outcome::Skipped);
                }
                let outcome = delete_one(place, document).await;
                if matches!(outcome, Outcome::Away(_) | Outcome::Refused) {
                    is_over.store(true, Ordering::Relaxed);
                }
                (id, outcome)
            })
            .buffer_unordered(AT_ONCE);
        let context = self.own_behalf();
        let mut ends = Vec::new();
        let mut trouble = None;
        while let Some((id, outcome)) = outcomes.next().await {
            let end = match outcome {
                Outcome::Ended(end) => end,
                Outcome::Skipped => continue,
                Outcome::Later(_) if trouble.is_some() => continue,
                Outcome::Away(_) if matches!(trouble, Some(Outcome::Refused)) => continue,
                worse => {
                    trouble = Some(worse);
                    continue;
                }
            };
            let is_gone = !matches!(end, DocumentEnd::Left(_));
            let event = is_gone.then(|| {
                let resource = Some(Resource::Document(id));
                Event::new(
                    &self.environment,
                    &context,
                    Action::DocumentDeleted,
                    resource,
                )
            });
            ends.push((id, end, event));
        }
        drop(outcomes);
        if !ends.is_empty() {
            self.reach.erasures.ended(part, &ends).await?;
        }
        Ok(trouble)
    }
}

async fn delete_one(place: &Place<'_>, document: DoomedDocument) -> Outcome {
    let deleted = match place {
        Place::House(backend) => delete_content(&**backend, &document.item, &document.version)
            .await
            .map_err(Failed::Storage),
        Place::Storage(storage) => {
            let document = &document;
            storage
                .call(|backend| async move {
                    delete_content(&*backend, &document.item, &document.version).await
                })
                .await
        }
    };
    match deleted {
        Ok(fate) => Outcome::Ended(end_of(fate)),
        Err(Failed::Storage(error)) => judged(error),
        Err(Failed::Unasked(ServiceError::RequiresReauth)) => Outcome::Refused,
        Err(Failed::Unasked(error)) => Outcome::Away(error),
    }
}

const fn end_of(fate: ContentFate) -> DocumentEnd {
    match fate {
        ContentFate::Deleted => DocumentEnd::Deleted,
        ContentFate::Trashed => DocumentEnd::Trashed,
        ContentFate::Missing => DocumentEnd::Missing,
        ContentFate::Left => DocumentEnd::Left(LeftBehind::Changed),
    }
}

/// Whether the storage does not let us in any more.
pub(super) const fn says_refused(kind: &StorageErrorKind) -> bool {
    matches!(
        kind,
        StorageErrorKind::CredentialRefused | StorageErrorKind::TokenExpired
    )
}

/// Whether it is the document's trouble, the storage's for a while, or the end.
fn judged(error: StorageError) -> Outcome {
    if says_refused(&error.kind) {
        return Outcome::Refused;
    }
    match error.kind {
        StorageErrorKind::Forbidden | StorageErrorKind::Unsupported => {
            Outcome::Ended(DocumentEnd::Left(LeftBehind::Forbidden))
        }
        StorageErrorKind::RateLimited { .. }
        | StorageErrorKind::Unavailable
        | StorageErrorKind::Unreachable
        | StorageErrorKind::AddressRefused(_)
        | StorageErrorKind::TimedOut => Outcome::Away(error.into()),
        _ => Outcome::Later(error.into()),
    }
}

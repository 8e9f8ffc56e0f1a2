//! MOVE and COPY (RFC 4918, sections 9.8 and 9.9). What is there is overwritten only where that is
//! said, and an answer that is lost on the way is made up for by looking.

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};
use wharf_domain::item::{ItemKind, ItemName};
use wharf_domain::ports::storage::{NameConflict, StorageErrorKind};
use wharf_egress::Response;

use crate::fault::Fault;
use crate::turns::Turns;

use super::client::{Client, DEPTH, DESTINATION, method};
use super::path::ItemPath;
use super::{error, is_about_the_item, metadata, status};

pub(crate) const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");

/// Whether the item stays where it was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// It goes.
    Move,
    /// It stays.
    Copy,
}

/// An item that is to be moved or copied.
pub(crate) struct Transfer<'t> {
    pub(crate) client: &'t Client,
    pub(crate) turns: &'t Turns,
    pub(crate) verb: Verb,
    pub(crate) source: &'t ItemPath,
    pub(crate) kind: ItemKind,
}

impl Transfer<'_> {
    /// Brings the item into `folder`, under the first free one of the names that `conflict` allows; its
    /// path there.
    pub(crate) async fn to_free_name(
        &self,
        folder: &ItemPath,
        name: &ItemName,
        conflict: NameConflict,
    ) -> Result<ItemPath, Fault> {
        for candidate in conflict.candidates(name) {
            let target = folder
                .child(candidate.as_str().as_bytes())
                .ok_or(StorageErrorKind::NameNotAllowed)?;
            // The item's own name is not free, and a server need not be asked.
            if target != *self.source && self.is_done(&target).await? {
                return Ok(target);
            }
        }
        Err(StorageErrorKind::AlreadyExists.into())
    }

    /// Brings the item to this path unless something is there; whether nothing was.
    ///
    /// Apache and others look first and move then, so that of two moves at once the later one
    /// overwrites the earlier. Ours take turns; against other programs only the server could help.
    async fn is_done(&self, target: &ItemPath) -> Result<bool, Fault> {
        let request = self.request(target, "F").await?;
        let _turn = self.turns.take(&turn_name(self.client, target)).await;
        // A copy whose answer is lost is told by the target alone, so that must have been free.
        if self.verb == Verb::Copy && metadata::find(self.client, target).await?.is_some() {
            return Ok(false);
        }
        let fault = match self.client.send(request).await {
            Ok(answer) if answer.status() == StatusCode::PRECONDITION_FAILED => return Ok(false),
            Ok(answer) => match check(answer).await {
                Ok(()) => return Ok(true),
                Err(fault) => fault,
            },
            Err(fault) => fault,
        };
        if self.is_done_after_all(target, &fault).await {
            return Ok(true);
        }
        if self.is_in_the_way(target, &fault).await {
            return Ok(false);
        }
        Err(fault)
    }

    /// Whether the item was not moved because something has the name. nginx speaks of a conflict where
    /// that is a folder, and Apache of a bad request where a folder meets a file.
    async fn is_in_the_way(&self, target: &ItemPath, fault: &Fault) -> bool {
        self.verb == Verb::Move
            && !fault.is_of_unknown_outcome()
            && is_about_the_item(&fault.kind)
            && matches!(metadata::find(self.client, target).await, Ok(Some(_)))
    }

    /// Moves the item over the file at this path. The request is what `guarded` makes of it.
    pub(crate) async fn over(
        &self,
        target: &ItemPath,
        guarded: impl FnOnce(RequestBuilder) -> RequestBuilder + Send,
    ) -> Result<(), Fault> {
        let request = guarded(self.request(target, "T").await?);
        let fault = match self.client.send(request).await {
            Ok(answer) if answer.status() == StatusCode::PRECONDITION_FAILED => {
                return Err(StorageErrorKind::PreconditionFailed.into());
            }
            Ok(answer) => match check(answer).await {
                Ok(()) => return Ok(()),
                Err(fault) => fault,
            },
            Err(fault) => fault,
        };
        if self.is_done_after_all(target, &fault).await {
            Ok(())
        } else {
            Err(fault)
        }
    }

    async fn request(
        &self,
        target: &ItemPath,
        overwrite: &'static str,
    ) -> Result<RequestBuilder, Fault> {
        let destination = self.client.base().url_of(target, self.kind);
        let verb = match self.verb {
            Verb::Move => "MOVE",
            Verb::Copy => "COPY",
        };
        let request = self
            .client
            .request(method(verb), self.source, self.kind)
            .await?
            .header(DESTINATION, destination.as_str())
            .header(OVERWRITE, HeaderValue::from_static(overwrite));
        Ok(match self.verb {
            Verb::Move => request,
            Verb::Copy => request.header(DEPTH, HeaderValue::from_static("infinity")),
        })
    }

    /// Whether the server did what was asked although no answer said so. A moved item has left its
    /// place; a copied file is as long as the original. Of a copied folder nobody can tell.
    async fn is_done_after_all(&self, target: &ItemPath, fault: &Fault) -> bool {
        if !fault.is_of_unknown_outcome() {
            return false;
        }
        let source = metadata::find(self.client, self.source).await;
        let target = metadata::find(self.client, target).await;
        let (Ok(source), Ok(Some(target))) = (source, target) else {
            return false;
        };
        match (self.verb, source) {
            (Verb::Move, source) => source.is_none(),
            (Verb::Copy, Some(source)) => {
                target.size_bytes.is_some() && target.size_bytes == source.size_bytes
            }
            (Verb::Copy, None) => false,
        }
    }
}

/// The name under which those who would change what is at this path take turns.
pub(crate) fn turn_name(client: &Client, path: &ItemPath) -> String {
    client.base().url_of(path, ItemKind::File).to_string()
}

/// Whether the answer is a success. A multistatus tells of something within that stood in the way
/// (RFC 4918, sections 9.8.5 and 9.9.4).
async fn check(answer: Response) -> Result<(), Fault> {
    match answer.status() {
        StatusCode::CREATED | StatusCode::NO_CONTENT => return Ok(()),
        StatusCode::MULTI_STATUS => {}
        _ => return Err(error::of_answer(&answer)),
    }
    match error::failed_within(answer).await? {
        Some(failed) => Err(status::kind(failed, None).into()),
        None => Ok(()),
    }
}

//! Replacing a file's content: aside, and moved over the old one only when it is whole and the old one
//! is still what was expected. Until that MOVE the old content stays.

use std::sync::Arc;

use reqwest::RequestBuilder;
use wharf_domain::content::Upload;
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::item::{Item, ItemKind};
use wharf_domain::ports::storage::{ReplaceGuard, StorageErrorKind, Written};
use wharf_domain::random::Random;

use crate::fault::Fault;
use crate::turns::Turns;

use super::aside::Sent;
use super::client::{Client, IF};
use super::path::ItemPath;
use super::transfer::{Transfer, Verb, turn_name};
use super::{aside, metadata};

/// A file whose content is to be replaced.
pub(crate) struct Replacement<'r> {
    pub(crate) client: &'r Arc<Client>,
    pub(crate) turns: &'r Turns,
    pub(crate) file: ItemPath,
    pub(crate) guard: &'r ReplaceGuard,
}

impl Replacement<'_> {
    /// Puts this content in its place.
    pub(crate) async fn store(
        &self,
        random: &dyn Random,
        upload: Upload,
    ) -> Result<Written, Fault> {
        let folder = self.file.parent().ok_or(StorageErrorKind::NotAFile)?;
        // So that no gigabyte is sent in vain.
        self.expected().await?;
        let temporary = aside::path_in(&folder, random)?;
        aside::put_then(self.client, &temporary, upload, |sent| {
            self.move_over(&temporary, sent)
        })
        .await
    }

    /// The file, if it is what the guard says.
    async fn expected(&self) -> Result<Item, Fault> {
        let item = metadata::item_at(self.client, &self.file).await?;
        if item.kind == ItemKind::Folder {
            return Err(StorageErrorKind::NotAFile.into());
        }
        if self.guard.is_met_by(item.etag.as_ref()) {
            Ok(item)
        } else {
            Err(StorageErrorKind::PreconditionFailed.into())
        }
    }

    /// Ours take turns, so that of two who expect the same file only one finds it; other programs are
    /// kept off by the tag that goes along, where the server heeds it.
    async fn move_over(&self, temporary: &ItemPath, sent: Sent) -> Result<Written, Fault> {
        // what is not whole must not take the old content's place. A server that does not show
        // hidden files cannot be asked.
        if let Some(new) = metadata::find(self.client, temporary).await? {
            check_size(&new, sent.bytes)?;
        }
        let _turn = self.turns.take(&turn_name(self.client, &self.file)).await;
        let old = self.expected().await?;
        let transfer = Transfer {
            client: self.client,
            turns: self.turns,
            verb: Verb::Move,
            source: temporary,
            kind: ItemKind::File,
        };
        let moved = transfer
            .over(&self.file, |request| self.guarded(request, &old))
            .await;
        match moved {
            // Servers made with Go's WebDAV library, rclone for one, take a tag in a condition for a
            // lock that nobody holds. If the file is what it was, then that was not the reason.
            Err(fault) if fault.kind == StorageErrorKind::PreconditionFailed => {
                self.expected().await?;
                transfer.over(&self.file, |request| request).await?;
            }
            moved => moved?,
        }
        let item = metadata::item_at(self.client, &self.file).await?;
        check_size(&item, sent.bytes)?;
        let verification = sent.verification;
        Ok(Written { item, verification })
    }

    /// RFC 4918, section 10.4: the tag of the file that is to go. A weak one never matches, and Apache's
    /// are weak for the first seconds, so only a strong one is sent.
    fn guarded(&self, request: RequestBuilder, old: &Item) -> RequestBuilder {
        let strong = old.etag.as_ref().filter(|etag| !etag.is_weak());
        match (self.guard, strong.map(EntityTag::as_str)) {
            (ReplaceGuard::Matches(_), Some(tag)) => {
                let file = self.client.base().url_of(&self.file, ItemKind::File);
                request.header(IF, format!("<{file}> ([{tag}])"))
            }
            _ => request,
        }
    }
}

fn check_size(item: &Item, sent_bytes: u64) -> Result<(), Fault> {
    match item.size_bytes {
        Some(size) if size != sent_bytes => Err(StorageErrorKind::Interrupted.into()),
        _ => Ok(()),
    }
}

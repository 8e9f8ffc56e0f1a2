//! Storing a new file: aside, then to a name that is free.

use std::sync::Arc;

use wharf_domain::content::Upload;
use wharf_domain::item::{ItemKind, ItemName};
use wharf_domain::ports::storage::{NameConflict, StorageErrorKind, Written};
use wharf_domain::random::Random;

use crate::fault::Fault;
use crate::turns::Turns;
use crate::undo::Undo;

use super::aside::Sent;
use super::client::Client;
use super::path::ItemPath;
use super::transfer::{Transfer, Verb};
use super::{aside, metadata};

/// Where a new file goes: into `folder`, under the first free one of the names that `conflict` allows.
pub(crate) struct Target<'t> {
    pub(crate) client: &'t Arc<Client>,
    pub(crate) turns: &'t Turns,
    pub(crate) folder: ItemPath,
    pub(crate) name: &'t ItemName,
    pub(crate) conflict: NameConflict,
}

impl Target<'_> {
    /// Stores the content there.
    pub(crate) async fn store(
        &self,
        random: &dyn Random,
        upload: Upload,
    ) -> Result<Written, Fault> {
        let wanted = self
            .folder
            .child(self.name.as_str().as_bytes())
            .ok_or(StorageErrorKind::NameNotAllowed)?;
        // So that no gigabyte is sent in vain.
        if self.conflict == NameConflict::Fail
            && metadata::find(self.client, &wanted).await?.is_some()
        {
            return Err(StorageErrorKind::AlreadyExists.into());
        }
        let temporary = aside::path_in(&self.folder, random)?;
        aside::put_then(self.client, &temporary, upload, |sent| {
            self.move_into_place(&temporary, sent)
        })
        .await
    }

    async fn move_into_place(&self, temporary: &ItemPath, sent: Sent) -> Result<Written, Fault> {
        let transfer = Transfer {
            client: self.client,
            turns: self.turns,
            verb: Verb::Move,
            source: temporary,
            kind: ItemKind::File,
        };
        let file = transfer
            .to_free_name(&self.folder, self.name, self.conflict)
            .await?;
        let undo = Undo::on_drop(
            self.client.background(),
            aside::delete_in_background(Arc::clone(self.client), file.clone(), aside::IN_PLACE),
        );
        let item = metadata::item_at(self.client, &file).await?;
        if item.size_bytes.is_some_and(|size| size != sent.bytes) {
            // what the server kept is not what was sent, so it must not stay.
            return Err(StorageErrorKind::Interrupted.into());
        }
        undo.defuse();
        let verification = sent.verification;
        Ok(Written { item, verification })
    }
}

//! Uploads end when the account of whoever sends them does: the sender is gone to us, however long
//! they go on sending.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::sleep;
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::id::UserId;

use super::Accounts;

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(2);

impl Accounts {
    /// The same upload, broken off as soon as its owner has no account any more. A database that does not
    /// answer says nothing.
    pub(crate) fn while_present(&self, owner: UserId, upload: Upload) -> Upload {
        let users = self.users.clone();
        let gone = async move {
            loop {
                sleep(LOOK).await;
                if let Ok(None) = users.find(owner).await {
                    return;
                }
            }
        };
        let (told, heard) = tokio::sync::oneshot::channel();
        let gone = async move {
            gone.await;
            let _ = told.send(());
        };
        let ending = stream::once(heard).filter_map(|gone| async move {
            // Dropped unheard where the content ended by itself.
            gone.ok().map(|()| Err(UploadInterrupted))
        });
        let content = upload.content.take_until(Box::pin(gone)).chain(ending);
        Upload {
            content: Box::pin(content),
            ..upload
        }
    }
}

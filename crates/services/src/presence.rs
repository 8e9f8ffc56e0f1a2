//! Uploads end when the account of whoever sends them does: the sender is gone to us, however long
//! they go on sending. It knows no storage.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::sync::oneshot;
use tokio::time::sleep;
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::id::UserId;

use crate::vault::Vault;

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);

/// The same upload, broken off as soon as its owner has no account any more.
pub(crate) fn while_present(vault: &Vault, owner: UserId, upload: Upload) -> Upload {
    let (told, heard) = oneshot::channel();
    let vault = vault.clone();
    let gone = async move {
        until_gone(&vault, owner).await;
        let _ = told.send(());
    };
    let broken_off = stream::once(heard).filter_map(|gone| async move {
        // Nobody tells where the content ended by itself.
        gone.ok().map(|()| Err(UploadInterrupted))
    });
    let content = upload.content.take_until(Box::pin(gone)).chain(broken_off);
    Upload {
        content: Box::pin(content),
        ..upload
    }
}

/// A database that does not answer says nothing.
async fn until_gone(vault: &Vault, owner: UserId) {
    loop {
        sleep(LOOK).await;
        if let Ok(false) = vault.has_data_key(owner).await {
            return;
        }
    }
}

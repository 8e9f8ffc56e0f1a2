//! Storing a new file: in a session, under a name that is free when it is completed.

use std::sync::Arc;

use wharf_domain::content::Upload;
use wharf_domain::item::{ItemId, ItemName};
use wharf_domain::ports::storage::{NameConflict, Written};

use crate::fault::Fault;

use super::calls::Change;
use super::client::Client;
use super::look::shown;
use super::session::Target;
use super::transfer::Transfer;

/// Stores a content in `folder`, under the first free one of the names that `conflict` allows.
///
/// Drive takes any number of files of one name. So ours take turns at looking for the name and completing the
/// file; who else writes into the folder in that moment is not held off.
pub(crate) async fn store(
    client: &Arc<Client>,
    folder: &ItemId,
    name: &ItemName,
    conflict: NameConflict,
    upload: Upload,
) -> Result<Written, Fault> {
    let folder = client.folder(folder).await?;
    // So that no gigabyte is sent in vain.
    let free = client.free_name(&folder, name, conflict, None).await?;
    let target = Target::New {
        id: client.new_id("files").await?,
        name: free.as_str().to_owned(),
        parent: folder.file.clone(),
    };
    let mut transfer = Transfer::begin(client, target, upload).await?;
    let last = transfer.up_to_last().await?;
    let _turn = client.shared.turns.take(&folder.file).await;
    let still_free = client.free_name(&folder, name, conflict, None).await?;
    let mut completed = transfer.complete(last).await?;
    if still_free != free {
        // Its name was given when the session was opened, and somebody has taken it since.
        let id = completed.file.id.clone().unwrap_or_default();
        let change = Change {
            name: Some(still_free.as_str()),
            ..Change::default()
        };
        completed.file = client.update(&id, change).await?;
    }
    let item = shown(&completed.file)?;
    let (_, verification) = completed.keep();
    Ok(Written { item, verification })
}

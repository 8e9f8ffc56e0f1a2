//! Storing a file: PUT to a hidden temporary name, then MOVE to the final one without overwriting
//! (RFC 4918, section 9.9). Until the MOVE nothing is visible, and whatever ends it early clears up.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Body, Method, StatusCode};
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::item::{Item, ItemKind, ItemName};
use wharf_domain::ports::storage::{NameConflict, StorageErrorKind};
use wharf_domain::random::Random;

use crate::turns::Turns;
use crate::undo::Undo;
use crate::{temporary, upload};

use super::client::{Client, DESTINATION, method};
use super::error::Fault;
use super::metadata;
use super::path::ItemPath;

const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");

/// When the background deletes the temporary file of a cancelled upload. The server may still be busy
/// with the broken-off PUT, and may only then make the file, so even a 404 is asked about again.
const TEMPORARY: &[Duration] = &[
    Duration::from_millis(200),
    Duration::from_secs(2),
    Duration::from_secs(10),
];

/// When the background deletes a file that has its name already: at once or never, for later the name
/// may be somebody else's.
const IN_PLACE: &[Duration] = &[Duration::ZERO];

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
    pub(crate) async fn store(&self, random: &dyn Random, upload: Upload) -> Result<Item, Fault> {
        let wanted = self.child(self.name.as_str())?;
        // So that no gigabyte is sent in vain.
        if self.conflict == NameConflict::Fail
            && metadata::find(self.client, &wanted).await?.is_some()
        {
            return Err(StorageErrorKind::AlreadyExists.into());
        }
        let temporary = self.child(&temporary::name(random))?;
        let undo = self.undo(&temporary, TEMPORARY);
        let stored = self.put_and_move(&temporary, upload).await;
        let is_clear = match &stored {
            Ok(_) => true,
            // D-03: a refused credential stored nothing, and is not tried again.
            Err(fault) if fault.kind == StorageErrorKind::CredentialRefused => true,
            Err(fault) => is_gone(self.client, &temporary, fault).await,
        };
        if is_clear {
            undo.defuse();
        }
        stored
    }

    async fn put_and_move(&self, temporary: &ItemPath, upload: Upload) -> Result<Item, Fault> {
        let sent_bytes = put(self.client, temporary, upload).await?;
        let file = self.move_into_place(temporary).await?;
        let undo = self.undo(&file, IN_PLACE);
        let item = metadata::item_at(self.client, &file).await?;
        if item.size_bytes.is_some_and(|size| size != sent_bytes) {
            // what the server kept is not what was sent, so it must not stay.
            return Err(StorageErrorKind::Interrupted.into());
        }
        undo.defuse();
        Ok(item)
    }

    /// Moves the file to the first name that is free; its final path.
    async fn move_into_place(&self, temporary: &ItemPath) -> Result<ItemPath, Fault> {
        for candidate in self.conflict.candidates(self.name) {
            let target = self.child(candidate.as_str())?;
            if self.is_moved(temporary, &target).await? {
                return Ok(target);
            }
        }
        Err(StorageErrorKind::AlreadyExists.into())
    }

    /// Moves the file unless the name is taken; whether it was free.
    ///
    /// Apache and others look first and move then, so that of two moves at once the later one
    /// overwrites the earlier. Ours take turns; against other programs only the server could help.
    async fn is_moved(&self, temporary: &ItemPath, target: &ItemPath) -> Result<bool, Fault> {
        let destination = self.client.base().url_of(target, ItemKind::File);
        let request = self
            .client
            .request(method("MOVE"), temporary, ItemKind::File)
            .await?
            .header(DESTINATION, destination.as_str())
            .header(OVERWRITE, HeaderValue::from_static("F"));
        let _turn = self.turns.take(destination.as_str()).await;
        let fault = match self.client.send(request).await {
            Ok(answer) => match answer.status() {
                StatusCode::CREATED | StatusCode::NO_CONTENT => return Ok(true),
                StatusCode::PRECONDITION_FAILED => return Ok(false),
                // nginx says so where a folder has the name.
                StatusCode::CONFLICT if metadata::find(self.client, target).await?.is_some() => {
                    return Ok(false);
                }
                _ => Fault::of_status(&answer),
            },
            Err(fault) => fault,
        };
        // An answer can be lost on the way. Only we know the temporary name, so if nothing has it any
        // more, then the file was moved.
        let is_lost = fault.is_of_unknown_outcome()
            && matches!(metadata::find(self.client, temporary).await, Ok(None));
        if is_lost { Ok(true) } else { Err(fault) }
    }

    fn child(&self, name: &str) -> Result<ItemPath, Fault> {
        self.folder
            .child(name.as_bytes())
            .ok_or_else(|| StorageErrorKind::NameNotAllowed.into())
    }

    fn undo(&self, path: &ItemPath, delays: &'static [Duration]) -> Undo {
        let client = Arc::clone(self.client);
        Undo::on_drop(delete_in_background(client, path.clone(), delays))
    }
}

/// Sends the content; the number of bytes that went.
async fn put(client: &Client, path: &ItemPath, upload: Upload) -> Result<u64, Fault> {
    let mut request = client
        .request(Method::PUT, path, ItemKind::File)
        .await?
        .header(CONTENT_TYPE, upload.content_type.as_str());
    if let Some(size_bytes) = upload.size_bytes {
        request = request.header(CONTENT_LENGTH, HeaderValue::from(size_bytes));
    }
    let (content, ending) = upload::watched(upload.content, upload.size_bytes)
        .await
        .map_err(|_| StorageErrorKind::UploadInterrupted)?;
    let answer = client.send(request.body(Body::wrap_stream(content))).await;
    // The fault of a sender who stopped looks like one of the network from here.
    if ending.is_interrupted() {
        return Err(StorageErrorKind::UploadInterrupted.into());
    }
    let answer = answer?;
    if !answer.status().is_success() {
        return Err(Fault::of_status(&answer));
    }
    match ending.get() {
        Some(Ok(sent_bytes)) => Ok(sent_bytes),
        Some(Err(UploadInterrupted)) => Err(StorageErrorKind::UploadInterrupted.into()),
        // A success before the end of the content: the server has not read it all.
        None => Err(StorageErrorKind::Interrupted.into()),
    }
}

/// Deletes the file; whether it is certain that it is gone. A server whose answer never came may
/// still be making it, so that a 404 says nothing.
async fn is_gone(client: &Client, path: &ItemPath, fault: &Fault) -> bool {
    let is_answered =
        !fault.is_of_unknown_outcome() && fault.kind != StorageErrorKind::UploadInterrupted;
    match delete(client, path).await {
        Ok(status) => status.is_success() || (is_answered && status == StatusCode::NOT_FOUND),
        Err(_) => false,
    }
}

async fn delete(client: &Client, path: &ItemPath) -> Result<StatusCode, Fault> {
    let request = client.request(Method::DELETE, path, ItemKind::File).await?;
    Ok(client.send(request).await?.status())
}

async fn delete_in_background(client: Arc<Client>, path: ItemPath, delays: &'static [Duration]) {
    for delay in delays {
        tokio::time::sleep(*delay).await;
        match delete(&client, &path).await {
            // D-03: a refused credential is not tried again.
            Ok(status) if status.is_success() || status == StatusCode::UNAUTHORIZED => return,
            _ => {}
        }
    }
}

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

use crate::undo::Undo;
use crate::{temporary, upload};

use super::client::{Client, method};
use super::error::Fault;
use super::metadata;
use super::path::ItemPath;

const DESTINATION: HeaderName = HeaderName::from_static("destination");
const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");

/// When the background tries to delete what a cancelled upload left. A server may still be busy with
/// the broken-off PUT, and may only then make the file, so even a 404 is asked about again.
const DELETE_AFTER: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(2),
    Duration::from_secs(10),
];

/// Stores a new file in `folder`, under the first free one of the names that `conflict` allows.
pub(crate) async fn write(
    client: &Arc<Client>,
    random: &dyn Random,
    folder: &ItemPath,
    name: &ItemName,
    conflict: NameConflict,
    upload: Upload,
) -> Result<Item, Fault> {
    let target = child(folder, name)?;
    // So that no gigabyte is sent in vain.
    if conflict == NameConflict::Fail && metadata::find(client, &target).await?.is_some() {
        return Err(StorageErrorKind::AlreadyExists.into());
    }
    let temporary = folder
        .child(temporary::name(random).as_bytes())
        .ok_or(StorageErrorKind::NameNotAllowed)?;
    let undo = Undo::on_drop(delete_in_background(Arc::clone(client), temporary.clone()));
    let stored = put_and_move(client, &temporary, folder, name, conflict, upload).await;
    if stored.is_ok() || is_gone(client, &temporary).await {
        undo.defuse();
    }
    stored
}

async fn put_and_move(
    client: &Arc<Client>,
    temporary: &ItemPath,
    folder: &ItemPath,
    name: &ItemName,
    conflict: NameConflict,
    upload: Upload,
) -> Result<Item, Fault> {
    let sent_bytes = put(client, temporary, upload).await?;
    let file = move_to_free_name(client, temporary, folder, name, conflict).await?;
    let undo = Undo::on_drop(delete_in_background(Arc::clone(client), file.clone()));
    let item = metadata::item_at(client, &file).await?;
    if item.size_bytes.is_some_and(|size| size != sent_bytes) {
        // what the server kept is not what was sent, so it must not stay.
        return Err(StorageErrorKind::Interrupted.into());
    }
    undo.defuse();
    Ok(item)
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
    let (content, ending) = upload::watched(upload.content, upload.size_bytes);
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

/// Moves the file to the first name that is free; its final path.
async fn move_to_free_name(
    client: &Client,
    temporary: &ItemPath,
    folder: &ItemPath,
    name: &ItemName,
    conflict: NameConflict,
) -> Result<ItemPath, Fault> {
    for candidate in conflict.candidates(name) {
        let target = child(folder, &candidate)?;
        let destination = client.base().url_of(&target, ItemKind::File);
        let request = client
            .request(method("MOVE"), temporary, ItemKind::File)
            .await?
            .header(DESTINATION, destination.as_str())
            .header(OVERWRITE, HeaderValue::from_static("F"));
        let answer = client.send(request).await?;
        match answer.status() {
            StatusCode::CREATED | StatusCode::NO_CONTENT => return Ok(target),
            StatusCode::PRECONDITION_FAILED => {}
            // nginx says so where a folder has the name.
            StatusCode::CONFLICT if metadata::find(client, &target).await?.is_some() => {}
            _ => return Err(Fault::of_status(&answer)),
        }
    }
    Err(StorageErrorKind::AlreadyExists.into())
}

fn child(folder: &ItemPath, name: &ItemName) -> Result<ItemPath, Fault> {
    folder
        .child(name.as_str().as_bytes())
        .ok_or_else(|| StorageErrorKind::NameNotAllowed.into())
}

/// Deletes the file; whether it is certain that it is gone.
async fn is_gone(client: &Client, path: &ItemPath) -> bool {
    match delete(client, path).await {
        Ok(status) => status.is_success() || status == StatusCode::NOT_FOUND,
        Err(_) => false,
    }
}

async fn delete(client: &Client, path: &ItemPath) -> Result<StatusCode, Fault> {
    let request = client.request(Method::DELETE, path, ItemKind::File).await?;
    Ok(client.send(request).await?.status())
}

async fn delete_in_background(client: Arc<Client>, path: ItemPath) {
    for delay in DELETE_AFTER {
        tokio::time::sleep(delay).await;
        if delete(&client, &path)
            .await
            .is_ok_and(|status| status.is_success())
        {
            return;
        }
    }
    tracing::debug!("a part of an upload may be left behind at a webdav server");
}

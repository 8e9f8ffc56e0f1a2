//! Contents on their way: PUT to a hidden temporary name, from where a MOVE brings them to their place.
//! Until then nothing is visible, and whatever ends it early clears up.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use reqwest::{Body, Method, StatusCode};
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::random::Random;

use crate::fault::Fault;
use crate::undo::Undo;
use crate::{temporary, upload};

use super::client::Client;
use super::error;
use super::path::ItemPath;

/// When the background deletes the temporary file of a cancelled upload. The server may still be busy
/// with the broken-off PUT, and may only then make the file, so even a 404 is asked about again.
const DELAYS: &[Duration] = &[
    Duration::from_millis(200),
    Duration::from_secs(2),
    Duration::from_secs(10),
];

/// A fresh hidden name in this folder.
pub(crate) fn path_in(folder: &ItemPath, random: &dyn Random) -> Result<ItemPath, Fault> {
    folder
        .child(temporary::name(random).as_bytes())
        .ok_or_else(|| StorageErrorKind::NameNotAllowed.into())
}

/// Sends the content to the temporary path and then lets `place` bring the file to its place; `place`
/// is told how many bytes there are. Whatever fails, the temporary file is deleted.
pub(crate) async fn put_then<T, P>(
    client: &Arc<Client>,
    temporary: &ItemPath,
    upload: Upload,
    place: impl FnOnce(u64) -> P + Send,
) -> Result<T, Fault>
where
    T: Send,
    P: Future<Output = Result<T, Fault>> + Send,
{
    let undo = Undo::on_drop(
        client.background(),
        delete_in_background(Arc::clone(client), temporary.clone(), DELAYS),
    );
    let placed = match put(client, temporary, upload).await {
        Ok(sent_bytes) => place(sent_bytes).await,
        Err(fault) => Err(fault),
    };
    let is_clear = match &placed {
        Ok(_) => true,
        // D-03: a refused credential stored nothing, and is not tried again.
        Err(fault) if fault.kind == StorageErrorKind::CredentialRefused => true,
        Err(fault) => is_gone(client, temporary, fault).await,
    };
    if is_clear {
        undo.defuse();
    }
    placed
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
        return Err(error::of_answer(&answer));
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

/// Tries to delete the file after each of the delays, until the server says that it did.
pub(crate) async fn delete_in_background(
    client: Arc<Client>,
    path: ItemPath,
    delays: &'static [Duration],
) {
    for delay in delays {
        tokio::time::sleep(*delay).await;
        match delete(&client, &path).await {
            // D-03: a refused credential is not tried again.
            Ok(status) if status.is_success() || status == StatusCode::UNAUTHORIZED => return,
            _ => {}
        }
    }
}

//! Contents on their way: PUT to a hidden temporary name, from where a MOVE brings them to their place.
//! Until then nothing is visible, and whatever ends it early clears up.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method, StatusCode};
use wharf_domain::content::{Upload, UploadInterrupted};
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::random::Random;
use wharf_domain::verification::Verification;

use crate::digests::{Algorithm, Passing};
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

/// When the background deletes a file that has its name already: at once or never, for later the name
/// may be somebody else's.
pub(crate) const IN_PLACE: &[Duration] = &[Duration::ZERO];

/// Asks for the digest of what was stored.
const HASH: HeaderName = HeaderName::from_static("x-hash");
/// Tells it.
const HASH_SHA256: HeaderName = HeaderName::from_static("x-hash-sha256");

/// What went to the server.
pub(crate) struct Sent {
    pub(crate) bytes: u64,
    /// What is known of what the server keeps.
    pub(crate) verification: Verification,
}

/// Has the answer tell the digest of what the server stores.
pub(crate) fn asking_for_hash(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.header(HASH, HeaderValue::from_static("sha256"))
}

/// What the digest that an answer tells says about a content with this one.
pub(crate) fn judged(answer: &HeaderMap, sent: &str) -> Result<Verification, Fault> {
    match answer.get(&HASH_SHA256) {
        None => Ok(Verification::SizeOnly),
        Some(told) if told.as_bytes().eq_ignore_ascii_case(sent.as_bytes()) => {
            Ok(Verification::Digest)
        }
        Some(_) => Err(StorageErrorKind::IntegrityMismatch.into()),
    }
}

/// A fresh hidden name in this folder.
pub(crate) fn path_in(folder: &ItemPath, random: &dyn Random) -> Result<ItemPath, Fault> {
    folder
        .child(temporary::name(random).as_bytes())
        .ok_or_else(|| StorageErrorKind::NameNotAllowed.into())
}

/// Sends the content to the temporary path and then lets `place` bring the file to its place; `place`
/// is told what went there. Whatever fails, the temporary file is deleted.
pub(crate) async fn put_then<T, P>(
    client: &Arc<Client>,
    temporary: &ItemPath,
    upload: Upload,
    place: impl FnOnce(Sent) -> P + Send,
) -> Result<T, Fault>
where
    T: Send,
    P: Future<Output = Result<T, Fault>> + Send,
{
    let placing = async {
        let sent = put(client, temporary, upload).await?;
        place(sent).await
    };
    or_deleted(client, temporary, placing).await
}

/// Does what brings the content from `temporary` to its place. Whatever fails, what is there is deleted.
pub(crate) async fn or_deleted<T: Send>(
    client: &Arc<Client>,
    temporary: &ItemPath,
    placing: impl Future<Output = Result<T, Fault>> + Send,
) -> Result<T, Fault> {
    let undo = Undo::on_drop(
        client.background(),
        delete_in_background(Arc::clone(client), temporary.clone(), DELAYS),
    );
    let placed = placing.await;
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

/// Sends the content.
async fn put(client: &Client, path: &ItemPath, upload: Upload) -> Result<Sent, Fault> {
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
    let digest = client
        .dialect()
        .tells_hashes
        .then(|| Passing::of(Algorithm::Sha256));
    if digest.is_some() {
        request = asking_for_hash(request);
    }
    let passing = digest.clone();
    let content = content.inspect_ok(move |piece| {
        if let Some(digest) = &passing {
            digest.update(piece);
        }
    });
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
        Some(Ok(bytes)) => Ok(Sent {
            bytes,
            verification: match digest {
                Some(digest) => judged(answer.headers(), &digest.told())?,
                None => Verification::SizeOnly,
            },
        }),
        Some(Err(UploadInterrupted)) => Err(StorageErrorKind::UploadInterrupted.into()),
        // A success before the end of the content: the server has not read it all.
        None => Err(StorageErrorKind::Interrupted.into()),
    }
}

/// Deletes what is there; whether it is certain that it is gone. A server whose answer never came may
/// still be making it, so that a 404 says nothing.
pub(crate) async fn is_gone(client: &Client, path: &ItemPath, fault: &Fault) -> bool {
    let is_answered =
        !fault.is_of_unknown_outcome() && fault.kind != StorageErrorKind::UploadInterrupted;
    match delete(client, path).await {
        Ok(status) => status.is_success() || (is_answered && status == StatusCode::NOT_FOUND),
        Err(_) => false,
    }
}

async fn delete(client: &Client, path: &ItemPath) -> Result<StatusCode, Fault> {
    let request = client.request(Method::DELETE, path, ItemKind::File).await?;
    Ok(client.insisting().send(request).await?.status())
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

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn what_the_server_stored_is_compared_with_what_was_sent() {
        let judge = |told: Option<&'static str>| {
            let mut answer = HeaderMap::new();
            if let Some(told) = told {
                answer.insert(HASH_SHA256, HeaderValue::from_static(told));
            }
            judged(&answer, "00ff").map_err(|fault| fault.kind)
        };
        assert_eq!(judge(Some("00ff")), Ok(Verification::Digest));
        assert_eq!(judge(Some("00FF")), Ok(Verification::Digest));
        assert_eq!(judge(None), Ok(Verification::SizeOnly));
        for other in ["00fe", "", "00ff00"] {
            assert_eq!(judge(Some(other)), Err(StorageErrorKind::IntegrityMismatch));
        }
    }
}

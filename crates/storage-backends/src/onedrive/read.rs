//! Reading a file, the whole or a part: Graph lends an address, and the bytes come from there.
//! <https://learn.microsoft.com/graph/api/driveitem-get-content>

use std::sync::Arc;

use futures_util::stream::{StreamExt, TryStreamExt};
use reqwest::Method;
use reqwest::header::RANGE;
use wharf_domain::content::Download;
use wharf_domain::item::{ItemId, ItemKind};
use wharf_domain::ports::storage::{Operation, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_domain::range::ByteRange;
use wharf_egress::{Limits, Response};

use crate::digests::verified;
use crate::download::{Coming, coming, exactly};
use crate::fault::Fault;

use super::calls::insert_text;
use super::client::{Client, lent_refused, send};
use super::id::Address;
use super::item::DriveItem;
use super::stored::expected;

/// Asks for a file's content. Every try asks for a fresh address: the one before may be over.
pub(crate) async fn read(
    client: &Arc<Client>,
    id: &ItemId,
    range: Option<ByteRange>,
) -> Result<Download, Fault> {
    let address = Address::of(id)?;
    if address.is_top() {
        return Err(StorageErrorKind::NotAFile.into());
    }
    let call = || async {
        let file = client.look_to_read(&address).await?;
        match file.kind() {
            Some(ItemKind::File) => {}
            Some(ItemKind::Folder) => return Err(StorageErrorKind::NotAFile.into()),
            None => return Err(StorageErrorKind::NotFound.into()),
        }
        let (answer, coming) = content(client, &file, range).await?;
        Ok((file, answer, coming))
    };
    let (file, answer, coming) = client.circuit().idempotent(call).await?;
    download(&file, answer, coming)
}

async fn content(
    client: &Client,
    file: &DriveItem,
    range: Option<ByteRange>,
) -> Result<(Response, Coming), Fault> {
    // What Microsoft holds to be harmful, or may not leave its owner's network, has no address.
    let lent = file.download_url.as_deref();
    let lent = client.lent(lent.ok_or(StorageErrorKind::Forbidden)?)?;
    let mut request = lent.request(Method::GET)?;
    let range_header = range.map(|range| range.to_header());
    insert_text(&mut request, &RANGE, range_header.as_deref())?;
    let answer = send(&lent, request, Limits::default()).await?;
    match coming(&answer, range).map_err(unreadable)? {
        Some(coming) => Ok((answer, coming)),
        None => Err(lent_refused(answer).await),
    }
}

/// What comes, held to its length, and where it is a whole file also to its digest. A range does not tell
/// enough for that.
fn download(file: &DriveItem, answer: Response, coming: Coming) -> Result<Download, Fault> {
    let Coming { range, size_bytes } = coming;
    let expected = expected(file);
    let total = range.map(|range| range.total).or(size_bytes);
    if let (Some(total), Some((told, _))) = (total, &expected)
        && total != *told
    {
        // What is told beside the bytes was told before them: they are another content's, or not all.
        return Err(StorageErrorKind::Interrupted.into());
    }
    let size_bytes = size_bytes.or_else(|| expected.as_ref().map(|(told, _)| *told));
    let body = exactly(size_bytes, answer.bytes_stream().map_err(Fault::from));
    let digest = expected.and_then(|(_, digest)| digest);
    let content = match digest.filter(|_| range.is_none()) {
        Some(digest) => verified(digest, body).boxed(),
        None => body.boxed(),
    };
    Ok(Download {
        content: content
            .map_err(|fault| unreadable(fault).of(Provider::Onedrive, Operation::Read))
            .boxed(),
        name: Some(file.name.clone()),
        size_bytes,
        range,
        etag: file.content_tag(),
        modified_at: file.modified_at(),
        content_type: file.content_type(),
    })
}

/// An answer that is not what the protocol says is Microsoft's trouble: nobody typed the address.
fn unreadable(fault: Fault) -> Fault {
    match fault.kind {
        StorageErrorKind::WrongProtocol => StorageErrorKind::Interrupted.into(),
        _ => fault,
    }
}

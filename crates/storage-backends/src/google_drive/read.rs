//! Reading: a file's bytes, the whole or a part; and documents of Google's own, which have none, as what they
//! are exported to.

use std::sync::Arc;

use futures_util::stream::{StreamExt, TryStreamExt};
use google_drive3::api::File;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue, RANGE};
use wharf_domain::content::{ContentType, Download};
use wharf_domain::item::{ItemId, ItemKind};
use wharf_domain::ports::storage::{Operation, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_domain::range::ByteRange;
use wharf_egress::{Issuer, Limits, Response};

use crate::digests::verified;
use crate::download::{Coming, coming, exactly, text};
use crate::fault::Fault;

use super::client::{Client, refused};
use super::file;
use super::id::FileId;

/// Where Google's export links lead (S-16).
const EXPORT_HOSTS: Issuer<'_> = Issuer::Hosts(&["docs.google.com"]);

/// Asks for a file's content. A shortcut leads to its target; a document comes in the first of its forms,
/// always as a whole.
pub(crate) async fn read(
    client: &Arc<Client>,
    item: &ItemId,
    range: Option<ByteRange>,
) -> Result<Download, Fault> {
    let file = opened_file(client, item).await?;
    if file::is_native(&file) {
        let format = file::export_formats(&file).into_iter().next();
        let format = format.ok_or(StorageErrorKind::Unsupported)?;
        return exported(client, &file, &format).await;
    }
    content(client, &file, range).await
}

/// Asks for a document in one of the forms that are offered of it.
pub(crate) async fn export(
    client: &Arc<Client>,
    item: &ItemId,
    format: &ContentType,
) -> Result<Download, Fault> {
    let file = opened_file(client, item).await?;
    if file::export_formats(&file).contains(format) {
        exported(client, &file, format).await
    } else {
        Err(StorageErrorKind::Unsupported.into())
    }
}

async fn opened_file(client: &Client, item: &ItemId) -> Result<File, Fault> {
    let id = FileId::of(item)?;
    if id.is_top() {
        return Err(StorageErrorKind::NotAFile.into());
    }
    let file = client.opened(&id).await?;
    match file::kind(&file) {
        ItemKind::File => Ok(file),
        ItemKind::Folder => Err(StorageErrorKind::NotAFile.into()),
    }
}

async fn content(
    client: &Client,
    file: &File,
    range: Option<ByteRange>,
) -> Result<Download, Fault> {
    let mut url = client.api_url(&["drive", "v3", "files", id(file)?]);
    url.query_pairs_mut()
        .append_pair("alt", "media")
        .append_pair("supportsAllDrives", "true");
    let call = || async {
        let mut request = client.request(Method::GET, url.clone())?;
        if let Some(range) = range {
            let range = HeaderValue::try_from(range.to_header());
            let range = range.map_err(|_| StorageErrorKind::Unavailable)?;
            request.headers_mut().insert(RANGE, range);
        }
        let answer = client.send(request, Limits::default()).await?;
        match coming(&answer, range).map_err(unreadable)? {
            Some(coming) => Ok((answer, coming)),
            None => Err(refused(answer).await),
        }
    };
    let (answer, coming) = client.circuit().idempotent(call).await?;
    // What is told beside the bytes was read before them. If there are more or fewer bytes now, then they are
    // another content's.
    let total = coming.range.map(|range| range.total).or(coming.size_bytes);
    if total.is_some() && file::size(file).is_some() && total != file::size(file) {
        return Err(StorageErrorKind::Interrupted.into());
    }
    let size_bytes = coming.size_bytes.or_else(|| file::size(file));
    Ok(download(
        file,
        answer,
        Coming {
            size_bytes,
            ..coming
        },
    ))
}

/// A document as it is exported; larger ones only by the links that Drive gives for it.
async fn exported(client: &Client, file: &File, format: &ContentType) -> Result<Download, Fault> {
    let mut url = client.api_url(&["drive", "v3", "files", id(file)?, "export"]);
    url.query_pairs_mut()
        .append_pair("mimeType", format.as_str());
    let call = || async {
        let request = client.request(Method::GET, url.clone())?;
        taken(client.send(request, Limits::default()).await?).await
    };
    let answer = match client.circuit().idempotent(call).await {
        Err(fault) if fault.kind == StorageErrorKind::TooLarge => {
            linked(client, file, format).await?
        }
        answer => answer?,
    };
    let size_bytes = answer.content_length();
    let mut download = download(
        file,
        answer,
        Coming {
            range: None,
            size_bytes,
        },
    );
    download.content_type = Some(format.clone());
    Ok(download)
}

/// Follows the link to an export. The token goes along if it leads to Google or to the operator's own
/// hosts, and otherwise nothing does (S-11, S-16).
async fn linked(client: &Client, file: &File, format: &ContentType) -> Result<Response, Fault> {
    let links = file.export_links.as_ref();
    let link = links.and_then(|links| links.get(format.as_str()));
    let link = link.ok_or(StorageErrorKind::TooLarge)?;
    let link = client.issued(link, EXPORT_HOSTS)?;
    let call = || async {
        let request = client.authorized(link.request(Method::GET)?)?;
        taken(link.answer(request, Limits::default()).await?).await
    };
    link.circuit().idempotent(call).await
}

/// The answer, if it brings a whole content.
async fn taken(answer: Response) -> Result<Response, Fault> {
    match coming(&answer, None).map_err(unreadable)? {
        Some(_) => Ok(answer),
        None => Err(refused(answer).await),
    }
}

/// What comes, held to its length, and where it is a whole file also to its digest.
fn download(file: &File, answer: Response, coming: Coming) -> Download {
    let Coming { range, size_bytes } = coming;
    let content_type = text(answer.headers(), &CONTENT_TYPE).and_then(|text| text.parse().ok());
    let body = exactly(size_bytes, answer.bytes_stream().map_err(Fault::from));
    let content = match file::digest(file).filter(|_| range.is_none()) {
        Some(digest) => verified(digest, body).boxed(),
        None => body.boxed(),
    };
    Download {
        content: content
            .map_err(|fault| unreadable(fault).of(Provider::GoogleDrive, Operation::Read))
            .boxed(),
        name: file.name.clone(),
        size_bytes,
        range,
        etag: file::etag(file),
        modified_at: file::modified_at(file),
        content_type,
    }
}

/// An answer that is not what the protocol says is Google's trouble: nobody typed the address.
fn unreadable(fault: Fault) -> Fault {
    match fault.kind {
        StorageErrorKind::WrongProtocol => StorageErrorKind::Interrupted.into(),
        _ => fault,
    }
}

fn id(file: &File) -> Result<&str, Fault> {
    let id = file.id.as_deref();
    id.ok_or_else(|| StorageErrorKind::Unavailable.into())
}

//! Reading a file, the whole or a part.

use futures_util::stream::{StreamExt, TryStreamExt};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ETAG, LAST_MODIFIED, RANGE};
use wharf_domain::content::Download;
use wharf_domain::item::ItemKind;
use wharf_domain::ports::storage::{Operation, StorageErrorKind};
use wharf_domain::range::ByteRange;
use wharf_egress::Response;

use crate::download::{self, Coming, text};
use crate::entity_tag::entity_tag;
use crate::fault::Fault;

use super::client::Client;
use super::path::ItemPath;
use super::{error, status};

/// Asks for a file's content. The body is checked against its announced length as it passes.
pub(crate) async fn read(
    client: &Client,
    file: &ItemPath,
    range: Option<ByteRange>,
) -> Result<Download, Fault> {
    let mut request = client.request(Method::GET, file, ItemKind::File).await?;
    if let Some(range) = range {
        request = request.header(RANGE, range.to_header());
    }
    let answer = client.send(request).await?;
    // Apache leads from a folder's name to its index page, which is nobody's file.
    if answer.url().path().ends_with('/') {
        return Err(StorageErrorKind::WrongProtocol.into());
    }
    match download::coming(&answer, range)? {
        Some(coming) => Ok(download_of(client, answer, file, coming)),
        None => Err(error::of_answer(&answer)),
    }
}

fn download_of(client: &Client, answer: Response, file: &ItemPath, coming: Coming) -> Download {
    let provider = client.dialect().provider;
    let Coming { range, size_bytes } = coming;
    let headers = answer.headers();
    Download {
        name: Some(file.name().into_owned()),
        size_bytes,
        range,
        etag: text(headers, &ETAG).and_then(entity_tag),
        modified_at: status::date(headers, &LAST_MODIFIED),
        content_type: text(headers, &CONTENT_TYPE).and_then(|text| text.parse().ok()),
        content: download::exactly(size_bytes, answer.bytes_stream().map_err(Fault::from))
            .map_err(move |fault| fault.of(provider, Operation::Read))
            .boxed(),
    }
}

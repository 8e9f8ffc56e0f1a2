//! A content as an answer, with headers that keep a browser from doing anything with it but saving it
//! (H-02). What a storage's server said reaches them only through the fields of [`Described`].

use std::time::{Duration, SystemTime};

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HttpDate, LAST_MODIFIED,
};
use actix_web::{HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use wharf::domain::content::{ContentType, Download, DownloadStream};
use wharf::domain::context::RequestId;
use wharf::domain::document::Sha256Digest;
use wharf::domain::entity_tag::EntityTag;
use wharf::domain::time::Timestamp;

use super::digest::{REPR_DIGEST, repr_digest};
use super::disposition::attachment;
use crate::error::chain::Chain;

/// What is known of a content besides its bytes.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) name: Option<String>,
    pub(crate) content_type: Option<ContentType>,
    /// The size of the whole, in bytes.
    pub(crate) size_bytes: Option<u64>,
    /// The digest of the whole.
    pub(crate) sha256: Option<Sha256Digest>,
    pub(crate) validators: Validators,
}

/// What tells a content from those that were there before.
#[derive(Debug)]
pub(crate) struct Validators {
    pub(crate) etag: Option<EntityTag>,
    pub(crate) modified_at: Option<Timestamp>,
}

/// The answer with a content, or with the part that the storage sends of it.
pub(crate) fn sending(
    download: Download,
    described: &Described,
    request_id: RequestId,
) -> HttpResponse {
    let content = Box::pin(until_broken(download.content, request_id));
    let (mut response, size_bytes) = match download.range {
        Some(part) => {
            let mut response = HttpResponse::PartialContent();
            response.insert_header((CONTENT_RANGE, part.to_header()));
            (response, Some(part.len()))
        }
        None => (HttpResponse::Ok(), described.size_bytes),
    };
    describe(&mut response, described);
    match size_bytes {
        Some(size_bytes) => response.body(SizedStream::new(size_bytes, content)),
        None => response.streaming(content),
    }
}

/// The answer to whoever has the content already (304). It repeats what tells it from others, and
/// nothing else (RFC 9110, section 15.4.5).
pub(crate) fn unchanged(validators: &Validators) -> HttpResponse {
    let mut response = HttpResponse::NotModified();
    validate(&mut response, validators);
    response.finish()
}

fn describe(response: &mut HttpResponseBuilder, described: &Described) {
    let Described {
        name,
        content_type,
        size_bytes: _,
        sha256,
        validators,
    } = described;
    let disposition = name
        .as_deref()
        .map_or_else(|| "attachment".to_owned(), attachment);
    let content_type = content_type.clone();
    let content_type = content_type.unwrap_or_else(ContentType::octet_stream);
    response
        .insert_header((CONTENT_TYPE, content_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox"))
        .insert_header((ACCEPT_RANGES, "bytes"));
    if let Some(sha256) = sha256 {
        response.insert_header((REPR_DIGEST, repr_digest(sha256)));
    }
    validate(response, validators);
}

fn validate(response: &mut HttpResponseBuilder, validators: &Validators) {
    if let Some(etag) = &validators.etag {
        response.insert_header((ETAG, etag.as_str()));
    }
    if let Some(date) = validators.modified_at.and_then(http_date) {
        response.insert_header((LAST_MODIFIED, date));
    }
}

/// An instant as headers write it; none before 1970 or after 9999, which they cannot.
fn http_date(instant: Timestamp) -> Option<HttpDate> {
    const YEAR_10000: u64 = 253_402_300_800;
    let seconds = u64::try_from(instant.as_unix_seconds()).ok()?;
    let since_epoch = (seconds < YEAR_10000).then(|| Duration::from_secs(seconds))?;
    Some((SystemTime::UNIX_EPOCH + since_epoch).into())
}

/// The content broke off; the connection is closed before its announced length, so that the client
/// sees it too.
#[derive(Debug, thiserror::Error)]
#[error("the content broke off")]
struct Broken;

/// The content up to its end or its first error, which goes to the log.
fn until_broken(
    content: DownloadStream,
    request_id: RequestId,
) -> impl Stream<Item = Result<Bytes, Broken>> {
    content.map(move |chunk| {
        chunk.map_err(|error| {
            tracing::warn!(%request_id, reason = %Chain(&error), "a download broke off");
            Broken
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_headers_write_it() {
        let written = |seconds| {
            let date = http_date(Timestamp::from_unix_seconds(seconds));
            date.map(|date| date.to_string())
        };
        // RFC 9110, section 5.6.7.
        assert_eq!(
            written(784_111_777).as_deref(),
            Some("Sun, 06 Nov 1994 08:49:37 GMT")
        );
        assert_eq!(written(-1), None);
        assert_eq!(written(i64::MAX), None);
    }
}

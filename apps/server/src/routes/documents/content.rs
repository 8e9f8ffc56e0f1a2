//! `GET /api/documents/{id}/content`: a document's bytes, or a part of them, as they come.

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderMap, IF_RANGE, RANGE,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use wharf::domain::content::DownloadStream;
use wharf::domain::context::RequestId;
use wharf::domain::document::Document;
use wharf::domain::id::DocumentId;
use wharf::domain::range::ByteRange;

use super::digest::{REPR_DIGEST, entity_tag, repr_digest};
use super::disposition::attachment;
use super::document::Content;
use crate::error::chain::Chain;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::BY_ID,
    errors::STORAGE,
    errors::CONTENT,
    &[Code::DocumentChanged, Code::RangeNotSatisfiable],
];

/// A document's content, or the part of it that a Range header asks for.
#[utoipa::path(
    get,
    path = "/api/documents/{id}/content",
    operation_id = "getDocumentContent",
    tag = "documents",
    params(
        ("id" = String, Path, format = Uuid, description = "The document."),
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110, section 14)."),
        ("If-Range" = Option<String>, Header, description = "The ETag that the range is meant for.")
    ),
    responses(
        (status = 200, description = "The whole content.", body = Content, content_type = "*/*",
            headers(("Repr-Digest" = String, description = "The SHA-256 of the whole content."))),
        (status = 206, description = "A part of the content.", body = Content, content_type = "*/*",
            headers(("Repr-Digest" = String, description = "The SHA-256 of the whole content.")))
    )
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let documents = state.wharf.documents();
    let mut range = single_range(request.headers());
    if range.is_some() && request.headers().contains_key(IF_RANGE) {
        let document = documents.find(user.id, id).await?;
        range = range.filter(|_| is_meant_for(request.headers(), &document));
    }
    let (document, download) = documents.read(&context, user.id, id, range).await?;
    let content = until_broken(download.content, context.request);
    let (mut response, size_bytes) = match download.range {
        Some(part) => {
            let mut response = HttpResponse::PartialContent();
            response.insert_header((CONTENT_RANGE, part.to_header()));
            (response, part.len())
        }
        None => (HttpResponse::Ok(), document.size_bytes),
    };
    describe(&mut response, &document);
    Ok(response.body(SizedStream::new(size_bytes, Box::pin(content))))
}

/// The range that is asked for; none if the header is absent, repeated or of an unknown form, and
/// then the whole content is sent (RFC 9110, section 14.2).
fn single_range(headers: &HeaderMap) -> Option<ByteRange> {
    let mut values = headers.get_all(RANGE);
    let value = values.next()?.to_str().ok()?;
    ByteRange::from_header(value).filter(|_| values.next().is_none())
}

/// Whether `If-Range` names this very content (RFC 9110, section 13.1.5). A date never does: there is
/// no other validator than the tag.
fn is_meant_for(headers: &HeaderMap, document: &Document) -> bool {
    let tag = headers.get(IF_RANGE);
    tag.is_some_and(|tag| tag.as_bytes() == entity_tag(&document.sha256).as_bytes())
}

/// Headers that keep a browser from doing anything with the content but saving it (H-02).
fn describe(response: &mut HttpResponseBuilder, document: &Document) {
    response
        .insert_header((CONTENT_TYPE, document.content_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, attachment(document.name.as_str())))
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, entity_tag(&document.sha256)))
        .insert_header((REPR_DIGEST, repr_digest(&document.sha256)));
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
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn range_of(values: &[&'static str]) -> Option<ByteRange> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(RANGE, HeaderValue::from_static(value));
        }
        single_range(&headers)
    }

    #[test]
    fn a_repeated_or_odd_range_header_is_ignored() {
        assert_eq!(range_of(&["bytes=1-2"]), Some(ByteRange::Between(1, 2)));
        assert_eq!(range_of(&[]), None);
        assert_eq!(range_of(&["bytes=1-2,4-5"]), None);
        assert_eq!(range_of(&["bytes=1-2", "bytes=4-5"]), None);
    }
}

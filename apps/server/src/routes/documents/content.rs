//! `GET /api/documents/{id}/content`: a document's bytes, or a part of them, as they come.

use actix_web::HttpResponse;
use wharf::domain::document::Document;
use wharf::domain::id::DocumentId;
use wharf::domain::verification::Verification;

use crate::content::Content;
use crate::content::download::{Described, Validators, sending, unchanged};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, NoQuery, Query, Wanted};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::BY_ID,
    errors::STORAGE,
    errors::CONTENT,
    errors::CONDITIONS,
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
        ("If-Range" = Option<String>, Header, description = "The ETag that the range is meant for."),
        ("If-Match" = Option<String>, Header, description = "The ETags that the content may have."),
        ("If-None-Match" = Option<String>, Header, description = "The ETags of contents that the caller has.")
    ),
    responses(
        (status = 200, description = "The whole content.", body = Content, content_type = "*/*",
            headers(("Repr-Digest" = String, description = "The SHA-256 of the whole content."))),
        (status = 206, description = "A part of the content.", body = Content, content_type = "*/*",
            headers(("Repr-Digest" = String, description = "The SHA-256 of the whole content."))),
        (status = 304, description = "The caller has the content.")
    )
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    _: Query<NoQuery>,
    Id(id): Id<DocumentId>,
    Wanted(query): Wanted,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let documents = state.wharf.documents();
    let (document, download) = documents.read(&context, user.id, id, query).await?;
    let described = describe(&document);
    Ok(match download {
        Some(download) => sending(download, &described, context.request),
        None => unchanged(&described.validators),
    })
}

/// Whatever the storage says of the content, it is what the user said, and its tag is its digest.
fn describe(document: &Document) -> Described {
    let is_as_sent = document.verification != Verification::StoredDiffers;
    Described {
        name: Some(document.name.as_str().to_owned()),
        content_type: Some(document.content_type.clone()),
        size_bytes: Some(document.storage_size_bytes),
        sha256: is_as_sent.then_some(document.sha256),
        validators: Validators {
            etag: Some(document.sha256.into()),
            modified_at: None,
        },
    }
}

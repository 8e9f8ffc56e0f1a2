//! `POST /api/documents`: stores a document while it streams in.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use wharf::services::documents::NewDocument;

use super::document::Document;
use super::incoming::{Incoming, Wishes};
use crate::content::Content;
use crate::content::digest::{REPR_DIGEST, repr_digest};
use crate::content::forward::forwarding;
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Place, Query, patient};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::QUERY,
    errors::BY_ID,
    errors::STORAGE,
    errors::CONTENT,
    errors::UPLOAD,
    errors::NEW_NAME,
];

/// Stores a document: the body is its content, or a form that holds it.
///
/// A form has the parts `name`, `storage` and `size`, all of them optional and before the file, and
/// `file` at its end.
#[utoipa::path(
    post,
    path = "/api/documents",
    operation_id = "uploadDocument",
    tag = "documents",
    params(Wishes),
    request_body(content(
        (Content = "application/octet-stream"),
        (Form = "multipart/form-data")
    )),
    responses((status = 201, description = "The document is stored.", body = Document,
        headers(
            ("Location" = String, description = "The document's address."),
            ("Repr-Digest" = String, description = "The SHA-256 of its content.")
        )))
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    Query(wishes): Query<Wishes>,
    request: HttpRequest,
    payload: web::Payload,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let incoming = Incoming::open(&request, wishes, patient(payload)).await?;
    let (upload, sender, bytes) = incoming.content.into_upload();
    let new = NewDocument {
        name: incoming.name,
        upload,
        place: incoming.place,
    };
    let documents = state.wharf.documents();
    let store = async { Ok(documents.store(&context, user.id, new).await?) };
    let document = forwarding(bytes, sender, store).await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/documents/{}", document.id)))
        .insert_header((REPR_DIGEST, repr_digest(&document.sha256)))
        .json(Document::from(document)))
}

/// An upload by form.
#[derive(utoipa::ToSchema)]
#[schema(as = UploadForm)]
#[expect(
    dead_code,
    reason = "it only describes the form, which is read part by part"
)]
struct Form {
    /// What the document is called; the file's name if absent.
    name: Option<String>,
    /// Where it goes: `house`, or the id of a connection; the default storage unless told.
    storage: Option<Place>,
    /// The file's size in bytes, for storages that must know it beforehand.
    size: Option<u64>,
    /// The content, at the end of the form.
    #[schema(value_type = String, format = Binary)]
    file: Content,
}

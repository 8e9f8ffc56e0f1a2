//! How a document looks to its user.

use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::name_of_place;

/// A content that a user gave to Wharf to keep.
#[derive(Serialize, ToSchema)]
pub(crate) struct Document {
    /// The document's id.
    #[schema(format = Uuid)]
    id: String,
    /// The name that the user gave it.
    name: String,
    /// The media type that the user gave it.
    #[schema(example = "application/pdf")]
    content_type: String,
    /// The size in bytes, counted while it was stored.
    size_bytes: u64,
    /// The SHA-256 of the bytes in hexadecimal, computed while they were stored.
    sha256: String,
    /// Where it is: `house`, or the id of a connection.
    #[schema(example = "house")]
    storage: String,
    /// `digest`: the storage's own checksum is that of the bytes that were sent. `size-only`: it tells
    /// none, and as many bytes are there. `stored-differs`: it keeps other bytes on purpose, as
    /// SharePoint does with Office files.
    #[schema(example = "digest")]
    verified: &'static str,
    /// When it was stored.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<wharf::domain::document::Document> for Document {
    fn from(document: wharf::domain::document::Document) -> Self {
        let wharf::domain::document::Document {
            id,
            owner: _,
            storage_etag: _,
            storage_modified_at: _,
            storage_size_bytes: _,
            verification,
            name,
            content_type,
            size_bytes,
            sha256,
            place,
            item: _,
            created_at,
        } = document;
        Self {
            id: id.to_string(),
            name: name.as_str().to_owned(),
            content_type: content_type.as_str().to_owned(),
            size_bytes,
            sha256: sha256.to_string(),
            storage: name_of_place(place),
            verified: verification.as_str(),
            created_at: created_at.to_string(),
        }
    }
}

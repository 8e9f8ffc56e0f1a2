//! How an item looks.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::ConnectionId;
use wharf::domain::item::ItemId;
use wharf::services::items::Stored;

/// A file or folder in a storage.
#[derive(Serialize, ToSchema)]
pub(crate) struct Item {
    /// Names the item; opaque. A WebDAV server's ids change when the item is moved.
    id: String,
    /// The name as the storage gives it.
    name: String,
    /// `folder` or `file`.
    #[schema(example = "file")]
    kind: &'static str,
    /// The size in bytes; null if the storage does not tell.
    #[schema(required)]
    size_bytes: Option<u64>,
    /// When the content last changed; null if the storage does not tell.
    #[schema(required, format = DateTime)]
    modified_at: Option<String>,
    /// The content's validator; null if the storage does not tell.
    #[schema(required)]
    etag: Option<String>,
    /// The content's media type; null if the storage does not tell.
    #[schema(required)]
    content_type: Option<String>,
    /// In which media types a file can be had that has no bytes of its own, such as a Google Doc: name
    /// one as `format` of its content; unless told it comes in the first. Empty for all others.
    export_formats: Vec<String>,
}

/// A file that was just stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct StoredItem {
    #[serde(flatten)]
    item: Item,
    /// `digest`: the storage's own checksum is that of the bytes that were sent. `size-only`: it tells
    /// none, and as many bytes are there. `stored-differs`: it keeps other bytes on purpose, as
    /// SharePoint does with Office files.
    #[schema(example = "digest")]
    verified: &'static str,
}

impl From<&Stored> for StoredItem {
    fn from(stored: &Stored) -> Self {
        Self {
            item: Item::from(&stored.item),
            verified: stored.verification.as_str(),
        }
    }
}

impl From<&wharf::domain::item::Item> for Item {
    fn from(item: &wharf::domain::item::Item) -> Self {
        let wharf::domain::item::Item {
            id,
            name,
            kind,
            size_bytes,
            modified_at,
            etag,
            content_type,
            export_formats,
        } = item;
        Self {
            id: id.to_string(),
            name: name.clone(),
            kind: kind.as_str(),
            size_bytes: *size_bytes,
            modified_at: modified_at.map(|instant| instant.to_string()),
            etag: etag.as_ref().map(|tag| tag.as_str().to_owned()),
            content_type: content_type.clone(),
            export_formats: export_formats
                .iter()
                .map(|format| format.as_str().to_owned())
                .collect(),
        }
    }
}

/// The address of an item.
pub(crate) fn address(connection: ConnectionId, item: &ItemId) -> String {
    format!("/api/cloud/connections/{connection}/items/{item}")
}

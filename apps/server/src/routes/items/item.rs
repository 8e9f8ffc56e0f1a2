//! How an item looks.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::ConnectionId;
use wharf::domain::item::ItemId;

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
        } = item;
        Self {
            id: id.to_string(),
            name: name.clone(),
            kind: kind.as_str(),
            size_bytes: *size_bytes,
            modified_at: modified_at.map(|instant| instant.to_string()),
            etag: etag.as_ref().map(|tag| tag.as_str().to_owned()),
            content_type: content_type.clone(),
        }
    }
}

/// The address of an item.
pub(crate) fn address(connection: ConnectionId, item: &ItemId) -> String {
    format!("/api/cloud/connections/{connection}/items/{item}")
}

//! How a page of a folder looks.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::item::Item;
use wharf::services::folders::FolderPage as Listed;

use crate::error::Code;

/// What reading a folder may be refused with, whichever way it is named.
pub(super) const ERRORS: &[Code] = &[
    Code::InvalidCursor,
    Code::CursorExpired,
    Code::ItemNotFound,
    Code::NotAFolder,
    Code::FolderTooLarge,
];

/// A page of a folder: folders first, then in the order that was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct FolderPage {
    /// The connection that it was read through.
    #[schema(format = Uuid)]
    connection_id: String,
    /// The items of this page.
    items: Vec<FolderItem>,
    /// How many entries of the whole folder were left out because they could not be used.
    skipped: u32,
    /// Leads to the next page; null at the end.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A file or folder in a storage.
#[derive(Serialize, ToSchema)]
struct FolderItem {
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

impl From<Listed> for FolderPage {
    fn from(page: Listed) -> Self {
        Self {
            connection_id: page.connection.to_string(),
            items: page.items().map(FolderItem::from).collect(),
            skipped: page.skipped(),
            next_cursor: page.next.map(|cursor| cursor.to_string()),
        }
    }
}

impl From<&Item> for FolderItem {
    fn from(item: &Item) -> Self {
        let Item {
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

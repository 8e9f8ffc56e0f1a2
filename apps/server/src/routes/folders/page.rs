//! How a page of a folder looks.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::services::folders::FolderPage as Listed;

use crate::error::Code;
use crate::routes::items::item::Item;

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
    items: Vec<Item>,
    /// How many entries of the whole folder were left out because they could not be used.
    skipped: u32,
    /// Leads to the next page; null at the end.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl From<&Listed> for FolderPage {
    fn from(page: &Listed) -> Self {
        Self {
            connection_id: page.connection.to_string(),
            items: page.items().map(Item::from).collect(),
            skipped: page.skipped(),
            next_cursor: page.next.map(|cursor| cursor.to_string()),
        }
    }
}

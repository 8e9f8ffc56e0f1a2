//! Which part of a folder is asked for, whichever way the folder is named.

use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::item::ItemId;
use wharf::services::folders::FolderQuery;

use super::order::{Order, SortKey, sort};
use crate::error::ApiError;
use crate::extract::{read_cursor, read_limit};

/// Which part of the folder is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// What items are sorted by, `name` unless told; folders come first always.
    #[serde(default)]
    #[param(inline)]
    sort: SortKey,
    /// Up or down, `asc` unless told. Items without a size or date come last in both.
    #[serde(default)]
    #[param(inline)]
    order: Order,
    /// How many items at most: 1 to 1,000, 200 unless told.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before, in the same order.
    cursor: Option<String>,
    /// Whether the storage is to be asked even if the answer is known from a moment ago.
    #[serde(default)]
    fresh: bool,
    // Only a folder that is named by its provider takes it, and describes it.
    #[param(ignore)]
    connection_id: Option<String>,
}

impl Part {
    /// The connection that is named beside the path.
    pub(super) fn connection(&self) -> Option<&str> {
        self.connection_id.as_deref()
    }

    /// This part of a folder.
    pub(super) fn of(&self, folder: ItemId) -> Result<FolderQuery, ApiError> {
        Ok(FolderQuery {
            folder,
            sort: sort(self.sort, self.order),
            limit: read_limit(self.limit)?,
            cursor: read_cursor(self.cursor.as_deref())?,
            fresh: self.fresh,
        })
    }
}

//! The two parameters that every list has.

use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::page::{Cursor, InvalidPageLimit, PageLimit};

use crate::error::{ApiError, Code};

/// Which part of a list is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many entries at most: 1 to 1,000, 200 unless told.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    pub(crate) limit: Option<u64>,
    /// The `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

/// The limit that was asked for, or the usual one.
pub(crate) fn read_limit(limit: Option<u64>) -> Result<PageLimit, ApiError> {
    let Some(limit) = limit else {
        return Ok(PageLimit::default());
    };
    u16::try_from(limit)
        .map_err(|_| InvalidPageLimit)
        .and_then(PageLimit::try_from)
        .map_err(|error| ApiError::invalid("limit", error))
}

/// The place in the list that was asked for.
pub(crate) fn read_cursor(cursor: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    let cursor = cursor.map(str::parse).transpose();
    cursor.map_err(|_| Code::InvalidCursor.into())
}

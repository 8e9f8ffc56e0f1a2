//! The order that a folder's items are asked for in, as the query says it.

use serde::Deserialize;
use utoipa::ToSchema;
use wharf::domain::sort::{Direction, Sort, SortBy};

/// What items are sorted by.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum SortKey {
    #[default]
    Name,
    Size,
    Modified,
}

/// Up or down.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Order {
    #[default]
    Asc,
    Desc,
}

/// The order in the domain's words.
pub(super) fn sort(by: SortKey, order: Order) -> Sort {
    Sort {
        by: match by {
            SortKey::Name => SortBy::Name,
            SortKey::Size => SortBy::Size,
            SortKey::Modified => SortBy::Modified,
        },
        direction: match order {
            Order::Asc => Direction::Ascending,
            Order::Desc => Direction::Descending,
        },
    }
}

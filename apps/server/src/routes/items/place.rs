//! Where an item is to go, as requests say it.

use serde::Deserialize;
use utoipa::ToSchema;
use wharf::domain::item::ItemId;
use wharf::domain::ports::storage::{Destination, NameConflict};

use crate::error::ApiError;

/// Where an item is to go; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ItemPlace)]
pub(crate) struct Place {
    /// The folder; `root` is the top.
    parent_id: Option<String>,
    /// The name: 1 to 255 bytes.
    name: Option<String>,
    /// What to do if the name is taken there.
    #[serde(default)]
    conflict: Conflict,
}

/// What to do if a name is taken.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NameConflict)]
pub(crate) enum Conflict {
    /// Refuse.
    #[default]
    Fail,
    /// Take the name with the lowest free number: `report (2).pdf`.
    Rename,
}

impl From<Conflict> for NameConflict {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::Fail => Self::Fail,
            Conflict::Rename => Self::Number,
        }
    }
}

impl TryFrom<Place> for Destination {
    type Error = ApiError;

    fn try_from(place: Place) -> Result<Self, ApiError> {
        let Place {
            parent_id,
            name,
            conflict,
        } = place;
        let name = name.map(|name| name.parse()).transpose();
        Ok(Self {
            folder: parent_id.as_deref().map(read_parent).transpose()?,
            name: name.map_err(|error| ApiError::invalid("name", error))?,
            conflict: conflict.into(),
        })
    }
}

/// The folder that the member `parent_id` names.
pub(crate) fn read_parent(text: &str) -> Result<ItemId, ApiError> {
    text.parse()
        .map_err(|error| ApiError::invalid("parent_id", error))
}

//! How a place for documents is written: `house`, or the id of a connection.

use utoipa::ToSchema;
use wharf::domain::user::StoragePlace;

use crate::error::ApiError;

const HOUSE: &str = "house";

/// `house`, or the id of a connection.
#[derive(ToSchema)]
#[schema(
    example = "house",
    pattern = "^(house|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"
)]
#[expect(dead_code, reason = "it only describes what `read_place` reads")]
pub(crate) struct Place(String);

/// The place that the member or parameter `storage` names.
pub(crate) fn read_place(text: &str) -> Result<StoragePlace, ApiError> {
    if text == HOUSE {
        return Ok(StoragePlace::House);
    }
    match text.parse() {
        Ok(id) => Ok(StoragePlace::Connection(id)),
        Err(_) => Err(ApiError::invalid(
            "storage",
            "must be house or the id of a connection",
        )),
    }
}

/// The text that names a place.
pub(crate) fn name_of_place(place: StoragePlace) -> String {
    match place {
        StoragePlace::House => HOUSE.to_owned(),
        StoragePlace::Connection(id) => id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_round_trips_through_its_name() {
        for name in ["house", "00000000-03e8-7707-8707-07070707abcd"] {
            assert_eq!(name_of_place(read_place(name).unwrap()), name);
        }
        for text in ["", "House", "home", "00000000-03E8-7707-8707-07070707ABCD"] {
            assert!(read_place(text).is_err(), "{text:?}");
        }
    }
}

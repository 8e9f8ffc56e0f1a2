//! Where a page begins, as cursors say it. It knows neither folder nor order: those name the list that
//! a cursor belongs to.

use wharf_domain::listing::Listing;
use wharf_domain::page::Cursor;

use crate::error::ServiceError;

/// A place in a listing: which reading of the folder, and how many items lie before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    reading: u64,
    pub(super) offset: usize,
}

impl Place {
    /// The place that a cursor of this list names.
    pub(super) fn read(cursor: &Cursor, list: u64) -> Result<Self, ServiceError> {
        let position = cursor.position_in(list);
        let position = u128::from_be_bytes(position?);
        let [reading, offset] =
            [position >> 64, position & u128::from(u64::MAX)].map(|half| half as u64);
        let offset = usize::try_from(offset).map_err(|_| ServiceError::CursorInvalid)?;
        Ok(Self { reading, offset })
    }

    /// The cursor of this list that names the place.
    pub(super) fn write(self, list: u64) -> Cursor {
        let position = (u128::from(self.reading) << 64) | self.offset as u128;
        Cursor::new(list, position.to_be_bytes())
    }

    /// The place, if it is one of this listing; the beginning if there is none.
    pub(super) fn within(place: Option<Self>, listing: &Listing) -> Result<Self, ServiceError> {
        let reading = listing.fingerprint();
        match place {
            None => Ok(Self { reading, offset: 0 }),
            Some(place) if place.reading != reading => Err(ServiceError::CursorExpired),
            Some(place) if place.offset > listing.items().len() => Err(ServiceError::CursorInvalid),
            Some(place) => Ok(place),
        }
    }

    /// Another place of the same reading.
    pub(super) fn moved_to(self, offset: usize) -> Self {
        Self { offset, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_cursor_in_its_own_list_only() {
        let place = Place {
            reading: u64::MAX - 1,
            offset: 7,
        };
        let cursor = place.write(1);
        assert_eq!(Place::read(&cursor, 1).unwrap(), place);
        let elsewhere = Place::read(&cursor, 2);
        assert!(matches!(elsewhere, Err(ServiceError::CursorInvalid)));
    }

    #[test]
    fn a_place_belongs_to_one_reading_and_lies_within_it() {
        let listing = Listing::new(Vec::new(), 0);
        let reading = listing.fingerprint();
        let at = |reading, offset| Place::within(Some(Place { reading, offset }), &listing);
        assert_eq!(
            at(reading, 0).unwrap(),
            Place::within(None, &listing).unwrap()
        );
        assert!(matches!(at(reading, 1), Err(ServiceError::CursorInvalid)));
        assert!(matches!(at(!reading, 0), Err(ServiceError::CursorExpired)));
    }
}

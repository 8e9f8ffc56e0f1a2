//! Pages of a list, and the cursors that lead from one to the next.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How many entries a page may have: 1 to 1,000 (I-01), 200 unless told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u16);

/// A number that is no page limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to {}", PageLimit::MAX)]
pub struct InvalidPageLimit;

impl PageLimit {
    /// The largest limit.
    pub const MAX: u16 = 1_000;

    /// The limit as a number.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(200)
    }
}

impl TryFrom<u16> for PageLimit {
    type Error = InvalidPageLimit;

    fn try_from(limit: u16) -> Result<Self, InvalidPageLimit> {
        if (1..=Self::MAX).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(InvalidPageLimit)
        }
    }
}

/// Entries of a list, and the way to the next ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Leads to the entries behind these; `None` at the end.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The page that begins what was read of a list: one entry more than the limit tells that another page
    /// follows. `position` is where an entry stands in the list that `list` names.
    pub fn cut(
        mut read: Vec<T>,
        limit: PageLimit,
        list: u64,
        position: impl Fn(&T) -> [u8; 16],
    ) -> Self {
        let is_last = read.len() <= limit.get();
        read.truncate(limit.get());
        let end = read.last().filter(|_| !is_last);
        let next = end.map(|entry| Cursor::new(list, position(entry)));
        Self { items: read, next }
    }
}

/// A place in a list; opaque to clients.
///
/// Its text form is the base64url of a version byte, the fingerprint of the list that it belongs to
/// and a position that only that list understands. It gives no right to anything: each page is
/// authorised by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    list: u64,
    position: [u8; 16],
}

/// A text that is no cursor, or a cursor of another list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct InvalidCursor;

impl Cursor {
    const VERSION: u8 = 1;

    /// A cursor at `position` of the list that `list` names (see [`fingerprint`]).
    pub const fn new(list: u64, position: [u8; 16]) -> Self {
        Self { list, position }
    }

    /// The id of the entry that a page of the list `list` begins behind, if there was a page before.
    ///
    /// # Errors
    /// [`InvalidCursor`] if the cursor belongs to another list.
    pub fn behind<I>(
        cursor: Option<Self>,
        list: u64,
        id: impl FnOnce([u8; 16]) -> I,
    ) -> Result<Option<I>, InvalidCursor> {
        let position = cursor.map(|cursor| cursor.position_in(list)).transpose()?;
        Ok(position.map(id))
    }

    /// The position, if the cursor belongs to this list.
    ///
    /// # Errors
    /// [`InvalidCursor`] if it belongs to another.
    pub fn position_in(&self, list: u64) -> Result<[u8; 16], InvalidCursor> {
        if self.list == list {
            Ok(self.position)
        } else {
            Err(InvalidCursor)
        }
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (version, rest) = bytes.split_first().ok_or(InvalidCursor)?;
        let (list, position) = rest.split_first_chunk().ok_or(InvalidCursor)?;
        let position = position.try_into().map_err(|_| InvalidCursor)?;
        if *version != Self::VERSION {
            return Err(InvalidCursor);
        }
        Ok(Self {
            list: u64::from_be_bytes(*list),
            position,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [Self::VERSION; 25];
        bytes[1..9].copy_from_slice(&self.list.to_be_bytes());
        bytes[9..].copy_from_slice(&self.position);
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// A number that tells lists apart: FNV-1a over the parts and their lengths.
///
/// It guards against mistakes, not against malice, and is never a proof of anything.
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(PRIME);
    parts.into_iter().fold(OFFSET, |hash, part| {
        let hash = (part.len() as u64).to_be_bytes().iter().fold(hash, step);
        part.iter().fold(hash, step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_round_trips_and_knows_its_list() {
        let cursor = Cursor::new(7, [9; 16]);
        let read: Cursor = cursor.to_string().parse().unwrap();
        assert_eq!(cursor.to_string(), "AQAAAAAAAAAHCQkJCQkJCQkJCQkJCQkJCQ");
        assert_eq!(read.position_in(7), Ok([9; 16]));
        assert_eq!(read.position_in(8), Err(InvalidCursor));
        let behind = |cursor, list| Cursor::behind(cursor, list, |position| position[0]);
        assert_eq!(behind(Some(read), 7), Ok(Some(9)));
        assert_eq!(behind(None, 7), Ok(None));
        assert_eq!(behind(Some(read), 8), Err(InvalidCursor));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in [
            "",
            "AQ",
            "AgAAAAAAAAAHCQkJCQkJCQkJCQkJCQkJCQ",
            "AQAAAAAAAAAHCQkJCQkJCQkJCQkJCQkJCQk",
            "!",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text:?}");
        }
    }

    #[test]
    fn a_fingerprint_sees_where_a_part_ends() {
        assert_ne!(
            fingerprint([&b"ab"[..], b"c"]),
            fingerprint([&b"a"[..], b"bc"])
        );
    }

    #[test]
    fn an_entry_beyond_the_limit_is_the_next_page_s() {
        let limit = PageLimit::try_from(2).unwrap();
        let cut = |read: &[u8]| Page::cut(read.to_vec(), limit, 7, |entry| [*entry; 16]);
        let page = cut(&[1, 2, 3]);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(page.next, Some(Cursor::new(7, [2; 16])));
        for short in [&[][..], &[1], &[1, 2]] {
            let page = cut(short);
            assert_eq!((page.items.as_slice(), page.next), (short, None));
        }
    }

    #[test]
    fn a_page_has_one_to_a_thousand_entries() {
        assert_eq!(PageLimit::default().get(), 200);
        assert_eq!(PageLimit::try_from(1_000).map(PageLimit::get), Ok(1_000));
        assert_eq!(PageLimit::try_from(0), Err(InvalidPageLimit));
        assert_eq!(PageLimit::try_from(1_001), Err(InvalidPageLimit));
    }
}

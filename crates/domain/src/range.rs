//! Byte ranges (RFC 9110, section 14). It knows no header map.

/// The part of a content that a reader asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// From a first byte to the end.
    From(u64),
    /// From a first byte to a last one, both included; the last is never before the first.
    Between(u64, u64),
    /// This many bytes at the end; never none.
    Last(u64),
}

/// The part of a content that is sent: both ends included, within a content of `total` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// The first byte sent, counted from zero.
    pub first: u64,
    /// The last byte sent.
    pub last: u64,
    /// The size of the whole content in bytes.
    pub total: u64,
}

/// No byte of the content lies in the range that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the range lies outside a content of {total} bytes")]
pub struct RangeNotSatisfiable {
    /// The size of the content in bytes.
    pub total: u64,
}

impl ByteRange {
    /// Reads the value of a `Range` header.
    ///
    /// `None` for another unit, several ranges or anything malformed: such a header is to be ignored
    /// (RFC 9110, section 14.2).
    pub fn from_header(value: &str) -> Option<Self> {
        let (first, last) = value
            .trim()
            .strip_prefix("bytes=")?
            .trim()
            .split_once('-')?;
        match (first, last) {
            ("", last) => Some(Self::Last(digits(last)?)).filter(|range| *range != Self::Last(0)),
            (first, "") => Some(Self::From(digits(first)?)),
            (first, last) => {
                let (first, last) = (digits(first)?, digits(last)?);
                (first <= last).then_some(Self::Between(first, last))
            }
        }
    }

    /// The header value that asks for this range.
    pub fn to_header(self) -> String {
        match self {
            Self::From(first) => format!("bytes={first}-"),
            Self::Between(first, last) => format!("bytes={first}-{last}"),
            Self::Last(count) => format!("bytes=-{count}"),
        }
    }

    /// The bytes that this range means in a content of `total` bytes.
    ///
    /// # Errors
    /// [`RangeNotSatisfiable`] if there are none.
    pub fn within(self, total: u64) -> Result<ContentRange, RangeNotSatisfiable> {
        let end = total.checked_sub(1).ok_or(RangeNotSatisfiable { total })?;
        let (first, last) = match self {
            Self::From(first) => (first, end),
            Self::Between(first, last) => (first, last.min(end)),
            Self::Last(count) => (total.saturating_sub(count), end),
        };
        if first > end {
            Err(RangeNotSatisfiable { total })
        } else {
            Ok(ContentRange { first, last, total })
        }
    }
}

impl ContentRange {
    /// The number of bytes sent.
    pub const fn len(self) -> u64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// Never: a range that is sent has at least one byte.
    pub const fn is_empty(self) -> bool {
        false
    }

    /// Reads the value of a `Content-Range` header; `None` if it is malformed or hides the total.
    pub fn from_header(value: &str) -> Option<Self> {
        let (range, total) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let range = Self {
            first: digits(first)?,
            last: digits(last)?,
            total: digits(total)?,
        };
        (range.first <= range.last && range.last < range.total).then_some(range)
    }

    /// The value of the `Content-Range` header for this part.
    pub fn to_header(self) -> String {
        format!("bytes {}-{}/{}", self.first, self.last, self.total)
    }
}

/// A number in digits only: no sign and no space, which `parse` alone would let pass.
fn digits(text: &str) -> Option<u64> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_header_is_read_or_ignored() {
        assert_eq!(
            ByteRange::from_header("bytes=0-99"),
            Some(ByteRange::Between(0, 99))
        );
        assert_eq!(ByteRange::from_header("bytes=7-"), Some(ByteRange::From(7)));
        assert_eq!(ByteRange::from_header("bytes=-5"), Some(ByteRange::Last(5)));
        for ignored in [
            "",
            "bytes=",
            "bytes=-",
            "bytes=-0",
            "bytes=5-3",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=+1-2",
            "bytes=1 -2",
            "bytes=0x1-2",
            "bytes=99999999999999999999-",
        ] {
            assert_eq!(ByteRange::from_header(ignored), None, "{ignored:?}");
        }
    }

    #[test]
    fn a_range_is_cut_to_the_content() {
        let part = |range: ByteRange| range.within(10).map(|part| (part.first, part.last));
        assert_eq!(part(ByteRange::Between(2, 4)), Ok((2, 4)));
        assert_eq!(part(ByteRange::Between(2, 400)), Ok((2, 9)));
        assert_eq!(part(ByteRange::From(9)), Ok((9, 9)));
        assert_eq!(part(ByteRange::Last(3)), Ok((7, 9)));
        assert_eq!(part(ByteRange::Last(30)), Ok((0, 9)));
        assert_eq!(
            part(ByteRange::From(10)),
            Err(RangeNotSatisfiable { total: 10 })
        );
        assert_eq!(
            ByteRange::Last(1).within(0),
            Err(RangeNotSatisfiable { total: 0 })
        );
    }

    #[test]
    fn a_content_range_header_round_trips() {
        let range = ContentRange {
            first: 2,
            last: 4,
            total: 10,
        };
        assert_eq!(range.to_header(), "bytes 2-4/10");
        assert_eq!(ContentRange::from_header("bytes 2-4/10"), Some(range));
        assert_eq!(range.len(), 3);
        for malformed in [
            "bytes 2-4/*",
            "bytes */10",
            "bytes 4-2/10",
            "bytes 2-10/10",
            "2-4/10",
        ] {
            assert_eq!(ContentRange::from_header(malformed), None, "{malformed:?}");
        }
    }
}

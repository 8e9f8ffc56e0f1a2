//! `Range` and `Content-Range` as file services use them (RFC 9110, section 14): one range of bytes.

use std::ops::Range;

use actix_web::http::header::{CONTENT_RANGE, HeaderMap, HeaderName, RANGE};

/// What a request wants to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// No range, or one that is not understood and therefore ignored.
    Whole,
    /// These bytes, at least one.
    Part(Range<u64>),
    /// Nothing that is there: 416.
    Unsatisfiable,
}

/// What a request for a content of this size wants.
pub(crate) fn wanted(headers: &HeaderMap, size: u64) -> Wanted {
    let range = text(headers, &RANGE).and_then(|text| text.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.trim().split_once('-')) else {
        return Wanted::Whole;
    };
    let part = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return Wanted::Whole,
    };
    if part.is_empty() {
        Wanted::Unsatisfiable
    } else {
        Wanted::Part(part)
    }
}

/// What the body of a request that uploads is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Which bytes come; `None` asks how many are there, with `bytes */N`.
    pub(crate) range: Option<Range<u64>>,
    /// How many there will be; `None` where the client does not know yet.
    pub(crate) total: Option<u64>,
}

/// A `Content-Range` in an upload; `Some(Err(()))` if it is malformed.
pub(crate) fn sent(headers: &HeaderMap) -> Option<Result<Sent, ()>> {
    let value = headers.get(CONTENT_RANGE)?;
    Some(value.to_str().ok().and_then(parse_sent).ok_or(()))
}

fn parse_sent(text: &str) -> Option<Sent> {
    let (range, total) = text.strip_prefix("bytes ")?.trim().split_once('/')?;
    let total = match total {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    if range == "*" {
        return Some(Sent { range: None, total });
    }
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
    let end = last.checked_add(1)?;
    let is_sound = first <= last && total.is_none_or(|total| end <= total);
    is_sound.then_some(Sent {
        range: Some(first..end),
        total,
    })
}

/// The `Content-Range` of an answer with a part.
pub(crate) fn content_range(part: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn a_range_is_a_part_nothing_or_ignored() {
        for (value, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=2-5", Wanted::Part(2..6)),
            ("bytes=2-", Wanted::Part(2..10)),
            ("bytes=2-99", Wanted::Part(2..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-99", Wanted::Part(0..10)),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=10-12", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
        ] {
            assert_eq!(wanted(&headers(RANGE, value), 10), expected, "{value}");
        }
        assert_eq!(wanted(&HeaderMap::new(), 10), Wanted::Whole);
        assert_eq!(
            wanted(&headers(RANGE, "bytes=0-"), 0),
            Wanted::Unsatisfiable
        );
    }

    #[test]
    fn a_content_range_says_what_comes_and_how_much_there_will_be() {
        let read = |value| sent(&headers(CONTENT_RANGE, value)).unwrap();
        let sent = |range, total| Ok(Sent { range, total });
        assert_eq!(read("bytes 0-9/20"), sent(Some(0..10), Some(20)));
        assert_eq!(read("bytes 0-9/*"), sent(Some(0..10), None));
        assert_eq!(read("bytes */20"), sent(None, Some(20)));
        assert_eq!(read("bytes */*"), sent(None, None));
        for malformed in [
            "bytes 9-0/20",
            "bytes 0-20/20",
            "bytes 0-/20",
            "0-9/20",
            "bytes x/y",
        ] {
            assert_eq!(read(malformed), Err(()), "{malformed}");
        }
    }
}

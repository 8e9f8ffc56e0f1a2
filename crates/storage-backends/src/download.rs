//! Contents on their way from a server (RFC 9110, section 14): the whole, or the part that was asked for,
//! and an error wherever fewer or other bytes come than were announced. It knows no protocol above HTTP.

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, CONTENT_RANGE, HeaderMap, HeaderName};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::range::{ByteRange, ContentRange};
use wharf_egress::Response;

use crate::fault::Fault;

/// What an answer brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coming {
    /// Which part, if it is not the whole.
    pub(crate) range: Option<ContentRange>,
    /// How many bytes, where the server tells it.
    pub(crate) size_bytes: Option<u64>,
}

/// What comes, if it is what was asked for; `None` where the status is about something else.
pub(crate) fn coming(answer: &Response, asked: Option<ByteRange>) -> Result<Option<Coming>, Fault> {
    let headers = answer.headers();
    let range = match (answer.status(), asked) {
        // A server may send the whole although a part was asked for.
        (StatusCode::OK, _) => None,
        (StatusCode::PARTIAL_CONTENT, Some(asked)) => Some(sent_range(headers, asked)?),
        (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
            let total = total_of_unsatisfied(headers);
            return Err(StorageErrorKind::RangeNotSatisfiable { total }.into());
        }
        _ => return Ok(None),
    };
    // D-04: what is encoded are not the file's bytes.
    if text(headers, &CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(StorageErrorKind::WrongProtocol.into());
    }
    let size_bytes = match (range, answer.content_length()) {
        (Some(range), Some(length)) if range.len() != length => {
            return Err(StorageErrorKind::WrongProtocol.into());
        }
        (Some(range), _) => Some(range.len()),
        (None, length) => length,
    };
    Ok(Some(Coming { range, size_bytes }))
}

/// The header's value as text.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

/// The part that comes, if it is the part that was asked for.
fn sent_range(headers: &HeaderMap, asked: ByteRange) -> Result<ContentRange, Fault> {
    text(headers, &CONTENT_RANGE)
        .and_then(ContentRange::from_header)
        .filter(|sent| asked.within(sent.total) == Ok(*sent))
        .ok_or_else(|| StorageErrorKind::WrongProtocol.into())
}

/// The size that a 416 tells: `bytes */47022` (RFC 9110, section 14.4).
fn total_of_unsatisfied(headers: &HeaderMap) -> Option<u64> {
    text(headers, &CONTENT_RANGE)?
        .strip_prefix("bytes */")?
        .parse()
        .ok()
}

/// Passes on a body that must be of this length; a shorter one ends in an error, never cleanly.
pub(crate) fn exactly<S>(
    expected: Option<u64>,
    body: S,
) -> impl Stream<Item = Result<Bytes, Fault>> + Send + use<S>
where
    S: Stream<Item = Result<Bytes, Fault>> + Send + 'static,
{
    let state = (body.boxed(), 0);
    stream::try_unfold(state, move |(mut body, passed)| async move {
        let part = body.try_next().await?;
        let passed = passed + part.as_ref().map_or(0, |part| part.len() as u64);
        match (part, expected) {
            (Some(_), Some(expected)) if passed > expected => {
                Err(StorageErrorKind::WrongProtocol.into())
            }
            (None, Some(expected)) if passed < expected => {
                Err(StorageErrorKind::Interrupted.into())
            }
            (part, _) => Ok(part.map(|part| (part, (body, passed)))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn pass(expected: Option<u64>) -> Result<Vec<u8>, StorageErrorKind> {
        let parts = [Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))];
        exactly(expected, stream::iter(parts))
            .map_ok(|part| part.to_vec())
            .try_concat()
            .await
            .map_err(|fault| fault.kind)
    }

    //
    #[tokio::test]
    async fn a_body_of_another_length_ends_in_an_error() {
        assert_eq!(pass(None).await, Ok(b"abc".to_vec()));
        assert_eq!(pass(Some(3)).await, Ok(b"abc".to_vec()));
        assert_eq!(pass(Some(4)).await, Err(StorageErrorKind::Interrupted));
        assert_eq!(pass(Some(2)).await, Err(StorageErrorKind::WrongProtocol));
    }

    #[test]
    fn only_the_part_that_was_asked_for_is_taken() {
        let sent = |value: &str| {
            let headers = [(CONTENT_RANGE, value.parse().unwrap())]
                .into_iter()
                .collect();
            sent_range(&headers, ByteRange::From(2)).ok()
        };
        assert_eq!(sent("bytes 2-9/10").map(ContentRange::len), Some(8));
        for other in [
            "bytes 0-9/10",
            "bytes 2-8/10",
            "bytes 2-9/*",
            "bytes */10",
            "",
        ] {
            assert_eq!(sent(other), None, "{other:?}");
        }
        assert!(sent_range(&HeaderMap::new(), ByteRange::From(2)).is_err());
    }

    #[test]
    fn a_416_tells_the_size() {
        let headers = [(CONTENT_RANGE, "bytes */47022".parse().unwrap())];
        let total = total_of_unsatisfied(&headers.into_iter().collect());
        assert_eq!(total, Some(47_022));
    }
}

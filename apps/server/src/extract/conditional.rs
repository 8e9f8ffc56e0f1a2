//! Conditional and partial requests, read from their headers (RFC 9110, sections 13 and 14).

use std::future::{Ready, ready};
use std::time::SystemTime;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{
    HeaderMap, HeaderName, HttpDate, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, RANGE,
};
use actix_web::{FromRequest, HttpRequest};
use wharf::domain::conditions::{Conditions, ETagList, IfRange};
use wharf::domain::range::ByteRange;
use wharf::domain::time::Timestamp;
use wharf::services::content::ContentQuery;

use crate::error::ApiError;

/// What a request that changes something expects to find.
pub(crate) struct If(pub(crate) Conditions);

impl FromRequest for If {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(conditions(request.headers()).map(Self))
    }
}

/// Which part of a content is wanted, and under which conditions.
pub(crate) struct Wanted(pub(crate) ContentQuery);

impl FromRequest for Wanted {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(wanted(request.method(), request.headers()).map(Self))
    }
}

/// A range means something to GET alone (RFC 9110, section 14.2).
fn wanted(method: &Method, headers: &HeaderMap) -> Result<ContentQuery, ApiError> {
    let range = single(headers, &RANGE).filter(|_| method == Method::GET);
    let range = range.and_then(ByteRange::from_header);
    let if_range = range.and_then(|_| if_range(headers));
    Ok(ContentQuery {
        range,
        conditions: Conditions {
            if_range,
            ..conditions(headers)?
        },
    })
}

/// Every condition but `If-Range`, which only a range gives a meaning.
fn conditions(headers: &HeaderMap) -> Result<Conditions, ApiError> {
    Ok(Conditions {
        if_match: tags(headers, &IF_MATCH)?,
        if_none_match: tags(headers, &IF_NONE_MATCH)?,
        if_modified_since: date(headers, &IF_MODIFIED_SINCE),
        if_unmodified_since: date(headers, &IF_UNMODIFIED_SINCE),
        if_range: None,
    })
}

/// A list of tags that cannot be read is refused: to ignore it could overwrite what somebody wanted
/// to protect.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<ETagList>, ApiError> {
    if !headers.contains_key(name) {
        return Ok(None);
    }
    let values = headers.get_all(name);
    let values: Vec<_> = values
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    match ETagList::from_header(&values.join(",")) {
        Ok(list) => Ok(Some(list)),
        Err(error) => Err(ApiError::invalid(name.as_str(), error)),
    }
}

fn if_range(headers: &HeaderMap) -> Option<IfRange> {
    headers.contains_key(IF_RANGE).then(|| {
        single(headers, &IF_RANGE).map_or(IfRange::Nothing, |value| {
            IfRange::from_header(value, read_date)
        })
    })
}

/// A date that cannot be read, or of which there are two, is ignored (RFC 9110, section 13.1.3).
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<Timestamp> {
    single(headers, name).and_then(read_date)
}

fn read_date(text: &str) -> Option<Timestamp> {
    let instant = SystemTime::from(text.parse::<HttpDate>().ok()?);
    let since_epoch = instant.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since_epoch.as_secs()).ok()?;
    Some(Timestamp::from_unix_seconds(seconds))
}

/// The value of a header that is there once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;
    use crate::error::Code;

    fn headers(lines: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    fn read(lines: &[(HeaderName, &'static str)]) -> ContentQuery {
        wanted(&Method::GET, &headers(lines)).unwrap()
    }

    #[test]
    fn a_repeated_or_odd_range_is_ignored() {
        let range = |values: &[&'static str]| {
            let lines: Vec<_> = values.iter().map(|value| (RANGE, *value)).collect();
            read(&lines).range
        };
        assert_eq!(range(&["bytes=1-2"]), Some(ByteRange::Between(1, 2)));
        assert_eq!(range(&[]), None);
        assert_eq!(range(&["bytes=1-2,4-5"]), None);
        assert_eq!(range(&["bytes=1-2", "bytes=4-5"]), None);
    }

    #[test]
    fn tags_of_several_headers_are_one_list() {
        let query = read(&[
            (IF_NONE_MATCH, "\"a\", W/\"b\""),
            (IF_NONE_MATCH, "\"c,d\""),
        ]);
        let tags = ["\"a\"", "W/\"b\"", "\"c,d\""].map(|tag| tag.parse().unwrap());
        let list = ETagList::Of(tags.to_vec());
        assert_eq!(query.conditions.if_none_match, Some(list));
        for malformed in ["", "a", "\"a", "*, \"a\""] {
            let refused = wanted(&Method::GET, &headers(&[(IF_MATCH, malformed)])).unwrap_err();
            assert_eq!(refused.code(), Code::InvalidRequest, "{malformed:?}");
        }
    }

    #[test]
    fn dates_are_read_or_ignored() {
        // RFC 9110, section 5.6.7: the same instant in all three forms.
        let instant = Some(Timestamp::from_unix_seconds(784_111_777));
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            let query = read(&[(IF_MODIFIED_SINCE, text)]);
            assert_eq!(query.conditions.if_modified_since, instant, "{text}");
        }
        for text in ["yesterday", "784111777", ""] {
            let query = read(&[(IF_UNMODIFIED_SINCE, text)]);
            assert_eq!(query.conditions.if_unmodified_since, None, "{text}");
        }
    }

    #[test]
    fn a_condition_on_a_range_needs_one() {
        let tag = (IF_RANGE, "\"a\"");
        let range = (RANGE, "bytes=0-1");
        let if_range = |lines: &[_]| read(lines).conditions.if_range;
        assert_eq!(if_range(std::slice::from_ref(&tag)), None);
        let named = Some(IfRange::Tag("\"a\"".parse().unwrap()));
        assert_eq!(if_range(&[range.clone(), tag.clone()]), named);
        assert_eq!(if_range(&[range, tag.clone(), tag]), Some(IfRange::Nothing));
    }
}

//! The conditions of requests that dav-server does not answer: `If-Match` and `If-None-Match` (RFC 9110,
//! section 13), and `If` for one named resource (RFC 4918, section 10.4).

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};

/// Whether the conditions hold for a resource with this entity tag, `None` where there is none.
pub(super) fn is_met(headers: &HeaderMap, etag: Option<&str>) -> bool {
    let fits = |name: HeaderName| {
        let tags = headers.get(name)?.to_str().unwrap_or_default();
        Some(etag.is_some_and(|etag| lists(tags, etag)))
    };
    fits(IF_MATCH).unwrap_or(true) && !fits(IF_NONE_MATCH).unwrap_or(false)
}

/// Whether `If`, where it names a resource and demands an entity tag of it, holds for one with this
/// tag. The form is `<URL> (["tag"])`, which is how clients guard the end of a chunked upload.
pub(super) fn tagged_is_met(headers: &HeaderMap, etag: Option<&str>) -> bool {
    let condition = headers.get("If").and_then(|value| value.to_str().ok());
    let demanded = condition.and_then(|condition| condition.split_once('['));
    let Some((_, demanded)) = demanded else {
        return true;
    };
    let demanded = demanded.split(']').next().unwrap_or_default();
    etag.is_some_and(|etag| lists(demanded, etag))
}

fn lists(tags: &str, etag: &str) -> bool {
    let mut tags = tags.split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_matches('"') == etag)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn a_tag_among_others_or_a_star_will_do() {
        for (value, etag, expected) in [
            ("\"a\"", Some("a"), true),
            ("\"b\", \"a\"", Some("a"), true),
            ("*", Some("a"), true),
            ("*", None, false),
            ("\"b\"", Some("a"), false),
        ] {
            let headers = with(IF_MATCH, value);
            assert_eq!(is_met(&headers, etag), expected, "{value} {etag:?}");
            let headers = with(IF_NONE_MATCH, value);
            assert_eq!(is_met(&headers, etag), !expected, "{value} {etag:?}");
        }
        assert!(is_met(&HeaderMap::new(), None));
    }

    #[test]
    fn a_tagged_condition_is_about_the_target() {
        let headers = with(HeaderName::from_static("if"), "</a/b> ([\"1\"])");
        assert!(tagged_is_met(&headers, Some("1")));
        assert!(!tagged_is_met(&headers, Some("2")));
        assert!(!tagged_is_met(&headers, None));
        assert!(tagged_is_met(&HeaderMap::new(), None));
    }
}

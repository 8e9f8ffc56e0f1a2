//! The conditions of requests that dav-server does not answer: `If-Match` and `If-None-Match` (RFC 9110,
//! section 13), and `If` for one named resource (RFC 4918, section 10.4).

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};

/// The conditions of one request.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    if_match: Option<String>,
    if_none_match: Option<String>,
}

impl Conditions {
    /// Those in the headers.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| {
            let value = headers.get(name)?.to_str();
            Some(value.unwrap_or_default().to_owned())
        };
        Self {
            if_match: text(IF_MATCH),
            if_none_match: text(IF_NONE_MATCH),
        }
    }

    /// Whether they hold for a resource with this entity tag, `None` where there is none.
    pub(super) fn are_met(&self, etag: Option<&str>) -> bool {
        let fits = |tags: &String| etag.is_some_and(|etag| lists(tags, etag));
        self.if_match.as_ref().is_none_or(fits) && !self.if_none_match.as_ref().is_some_and(fits)
    }
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
            for (name, expected) in [(IF_MATCH, expected), (IF_NONE_MATCH, !expected)] {
                let conditions = Conditions::read(&with(name, value));
                assert_eq!(conditions.are_met(etag), expected, "{value} {etag:?}");
            }
        }
        assert!(Conditions::default().are_met(None));
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

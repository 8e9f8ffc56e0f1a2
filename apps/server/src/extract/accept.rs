//! Whether a browser asks, for a person to look at the answer (RFC 9110, section 12.5.1).

use actix_web::http::header::{ACCEPT, HeaderMap};

/// Whether HTML is asked for by name, as browsers do when they go somewhere. Programs ask for anything.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).any(|value| {
        let value = value.to_str().unwrap_or_default();
        value.split(',').any(|range| {
            let essence = range.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("text/html")
        })
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn html_is_asked_for_by_name() {
        let asks = |value| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(value));
            wants_page(&headers)
        };
        assert!(asks("text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(asks("application/json, Text/HTML;q=0.5"));
        assert!(!asks("*/*") && !asks("application/json") && !asks("text/htmlx"));
        assert!(!wants_page(&HeaderMap::new()));
    }
}

//! Where a redirect leads, and which of them are followed.

use super::*;
use rows::always_refused;

#[path = "../tests/corpus/rows.rs"]
#[expect(dead_code, reason = "a Location is judged before it is resolved")]
mod rows;

fn target_of(location: &str) -> Result<String, RedirectRefusal> {
    let visited = ["https://a.org/dav/folder".parse().unwrap()];
    target(&visited, location.as_bytes()).map(String::from)
}

// S-10
#[test]
fn a_location_is_resolved_against_where_it_came_from() {
    for (location, expected) in [
        ("/dav/folder/", "https://a.org/dav/folder/"),
        ("folder/", "https://a.org/dav/folder/"),
        ("../new/folder#top", "https://a.org/new/folder"),
        ("//A.org:443/x?y=z", "https://a.org/x?y=z"),
        ("https://a.org/x", "https://a.org/x"),
    ] {
        assert_eq!(target_of(location).as_deref(), Ok(expected), "{location}");
    }
}

// S-10, S-11
#[test]
fn nothing_leads_out_of_the_origin() {
    for location in [
        "http://a.org/dav/folder/",
        "https://b.org/",
        "https://www.a.org/",
        "https://a.org:8443/",
        "//b.org/dav/folder",
        "https://10.0.0.1/",
    ] {
        assert_eq!(
            target_of(location),
            Err(RedirectRefusal::OtherOrigin),
            "{location}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    for location in [
        "https://",
        "https://u:p@a.org/",
        "https://a.org@b.org/",
        "//a.org@b.org/",
        "//[::1/",
        "https:/x",
        "\\\\b.org/",
        "/\t/b.org/",
        "/%0d%0a",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ] {
        assert_eq!(
            target_of(location),
            Err(RedirectRefusal::Unreadable),
            "{location}"
        );
    }
    let visited = ["https://a.org/".parse().unwrap()];
    let latin = target(&visited, b"/\xfc");
    assert_eq!(latin, Err(RedirectRefusal::Unreadable));
}

#[test]
fn the_same_place_under_another_fragment_is_a_loop() {
    assert_eq!(target_of("#again"), Err(RedirectRefusal::Loop));
    assert_eq!(target_of("/dav/folder"), Err(RedirectRefusal::Loop));
}

#[test]
fn the_status_and_the_method_decide() {
    let propfind = Method::from_bytes(b"PROPFIND").unwrap();
    for status in [301, 302, 307, 308].map(|status| StatusCode::from_u16(status).unwrap()) {
        for method in [&Method::GET, &Method::HEAD, &Method::DELETE, &propfind] {
            assert!(is_followed(method, status), "{method} {status}");
        }
        assert!(!is_followed(&Method::POST, status), "{status}");
    }
    assert!(is_followed(&Method::GET, StatusCode::SEE_OTHER));
    for method in [&Method::PUT, &Method::DELETE, &propfind] {
        assert!(!is_followed(method, StatusCode::SEE_OTHER), "{method}");
    }
    for status in [200, 201, 300, 304, 305].map(|status| StatusCode::from_u16(status).unwrap()) {
        assert!(!is_followed(&Method::GET, status), "{status}");
    }
}

// S-10: the corpus as Location. Two rows are what a server may well answer with, a path and its own
// origin without the scheme; they stay within it.
#[test]
fn no_row_of_the_corpus_is_followed_out_of_the_origin() {
    let from: Url = "https://cloud.example.org/dav/".parse().unwrap();
    let mut followed = Vec::new();
    for row in always_refused() {
        if let Ok(target) = target(std::slice::from_ref(&from), row.url.as_bytes()) {
            assert_eq!(target.origin(), from.origin(), "{:?}", row.url);
            followed.push(row.url);
        }
    }
    assert_eq!(
        followed,
        ["//cloud.example.org/", "cloud.example.org/remote.php/dav/"]
    );
}

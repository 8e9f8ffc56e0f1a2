//! Tells which item an href of a multistatus names (RFC 4918, section 8.3). It sends nothing, and no
//! part of an href ever reaches a request: only decoded names leave here (X-04).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::path::{ItemPath, is_segment};

/// What an href names, seen from the item that was asked about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<'h> {
    /// The item itself.
    Itself,
    /// Its direct child with this decoded name.
    Child(Cow<'h, [u8]>),
    /// Anything else: another server, a place above, beside or further below, or no place at all.
    Elsewhere,
}

/// Reads the hrefs of the answer to one request.
pub(crate) struct Hrefs {
    /// The URL that was asked, which relative hrefs are resolved against.
    request: Url,
    /// The decoded segments of its path.
    segments: Vec<Vec<u8>>,
}

impl Hrefs {
    /// Hrefs in the answer that this URL gave.
    pub(crate) fn at(url: &Url) -> Self {
        let segments = url.path_segments().into_iter().flatten();
        Self {
            request: url.clone(),
            segments: segments
                .filter(|segment| !segment.is_empty())
                .map(|segment| percent_decode_str(segment).collect())
                .collect(),
        }
    }

    /// What the href names. Absolute or not, with or without a slash at the end, and however it is
    /// encoded: it is decoded once and compared segment by segment (X-04, X-05).
    pub(crate) fn place<'h>(&self, href: &'h str) -> Place<'h> {
        let href = href.trim_ascii();
        match self.path_of(href) {
            Some(Cow::Borrowed(path)) => self.place_of_path(path).unwrap_or(Place::Elsewhere),
            Some(Cow::Owned(path)) => match self.place_of_path(&path) {
                Some(Place::Child(name)) => Place::Child(Cow::Owned(name.into_owned())),
                Some(Place::Itself) => Place::Itself,
                Some(Place::Elsewhere) | None => Place::Elsewhere,
            },
            None => Place::Elsewhere,
        }
    }

    /// The path of what the href names, seen from the item that was asked about; `None` for that itself,
    /// and for anything that does not lie beneath it.
    pub(crate) fn path_beneath(&self, href: &str) -> Option<ItemPath> {
        let path = self.path_of(href.trim_ascii())?;
        let path = path.strip_prefix('/')?;
        let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
        for expected in &self.segments {
            let segment = decoded(segments.next()?);
            if !is_same_name(&segment, expected) {
                return None;
            }
        }
        let beneath = segments.try_fold(ItemPath::root(), |path, segment| {
            path.child(&decoded(segment))
        });
        beneath.filter(|path| !path.is_root())
    }

    /// The still encoded path, if the href lies on the server that was asked.
    fn path_of<'h>(&self, href: &'h str) -> Option<Cow<'h, str>> {
        // A URL parser would take a backslash for a slash, and skip tabs and line feeds.
        if href.is_empty() || href.contains(|c: char| c == '\\' || c.is_ascii_control()) {
            return None;
        }
        let is_plain_path = href.starts_with('/') && !href.starts_with("//");
        if is_plain_path && !href.contains(['?', '#']) {
            return Some(Cow::Borrowed(href));
        }
        // `https:x` is a path to one reader and a host to another.
        if let Some((scheme, rest)) = href.split_once(':')
            && scheme.eq_ignore_ascii_case(self.request.scheme())
            && !rest.starts_with("//")
        {
            return None;
        }
        let url = self.request.join(href).ok()?;
        let is_here = url.origin() == self.request.origin()
            && url.username().is_empty()
            && url.password().is_none();
        let is_bare = url.query().is_none() && url.fragment().is_none();
        (is_here && is_bare).then(|| Cow::Owned(url.path().to_owned()))
    }

    fn place_of_path<'h>(&self, path: &'h str) -> Option<Place<'h>> {
        let path = path.strip_prefix('/')?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut segments = path.split('/').filter(|_| !path.is_empty());
        for expected in &self.segments {
            let segment = decoded(segments.next()?);
            if !is_same_name(&segment, expected) {
                return None;
            }
        }
        let Some(child) = segments.next() else {
            return Some(Place::Itself);
        };
        let name = decoded(child);
        let is_direct = segments.next().is_none();
        (is_direct && is_segment(&name)).then_some(Place::Child(name))
    }
}

fn decoded(segment: &str) -> Cow<'_, [u8]> {
    percent_decode_str(segment).into()
}

/// Whether two names are the same but for the composition of their letters: some servers answer with
/// decomposed letters where composed ones were asked (I-02).
fn is_same_name(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    match (str::from_utf8(one), str::from_utf8(other)) {
        (Ok(one), Ok(other)) if !one.is_ascii() && !other.is_ascii() => one.nfc().eq(other.nfc()),
        _ => false,
    }
}

#[cfg(test)]
#[path = "href_corpus_tests.rs"]
mod corpus_tests;

#[cfg(test)]
mod tests {
    use wharf_domain::item::ItemKind;

    use super::super::base::Base;
    use super::*;

    fn hrefs(base: &str, folder: &[&str]) -> Hrefs {
        let base = Base::new(base.parse().unwrap()).unwrap();
        let path = folder.iter().fold(ItemPath::root(), |path, name| {
            path.child(name.as_bytes()).unwrap()
        });
        Hrefs::at(&base.url_of(&path, ItemKind::Folder))
    }

    fn child(name: &str) -> Place<'_> {
        Place::Child(Cow::Borrowed(name.as_bytes()))
    }

    // X-05: with or without a slash, absolute or relative, in any encoding.
    #[test]
    fn the_folder_itself_is_known_by_its_decoded_path() {
        let hrefs = hrefs("https://a.org/dav/", &["my f\u{fc}r"]);
        for href in [
            "/dav/my%20f%C3%BCr/",
            "/dav/my%20f%c3%bcr",
            "/d%61v/my f\u{fc}r/",
            "/dav/my%20fu%CC%88r/",
            "https://a.org/dav/my%20f%C3%BCr/",
            "https://A.org:443/dav/my%20f%C3%BCr",
            "\n  /dav/my%20f%C3%BCr/ ",
            ".",
            "./",
        ] {
            assert_eq!(hrefs.place(href), Place::Itself, "{href}");
        }
    }

    #[test]
    fn a_direct_child_is_named_by_its_decoded_name() {
        let hrefs = hrefs("https://a.org/dav/", &["f"]);
        for (href, name) in [
            ("/dav/f/a.txt", "a.txt"),
            ("/dav/f/sub/", "sub"),
            ("https://a.org/dav/f/a%20b", "a b"),
            ("a%20b", "a b"),
            ("//a.org/dav/f/x", "x"),
            ("/dav/f/100%25%23%3F", "100%#?"),
            // Decoded once and no further.
            ("/dav/f/%252e%252e", "%2e%2e"),
            ("/dav/f/a%5C..%5Cb", "a\\..\\b"),
            ("/dav/f/u%CC%88", "u\u{308}"),
        ] {
            assert_eq!(hrefs.place(href), child(name), "{href}");
        }
        assert_eq!(
            hrefs.place("/dav/f/%FC"),
            Place::Child(Cow::Borrowed(b"\xfc"))
        );
    }

    // X-04
    #[test]
    fn whatever_leaves_the_folder_or_the_server_is_elsewhere() {
        let hrefs = hrefs("https://a.org/dav/", &["f"]);
        for href in [
            "",
            "/",
            "/dav/",
            "/dav/g",
            "/dav/fg",
            "/dav/f/a/b",
            "/dav/f/../g",
            "/dav/f/../../etc/passwd",
            "/dav/f/%2e%2e",
            "/dav/f/%2e%2e/g",
            "/dav/f/%2E%2e/%2e%2E/etc",
            "/dav/f/..",
            "/dav/f/.",
            "/dav/f/a%2Fb",
            "/dav/f/%2F",
            "/dav/f//",
            "/dav//f/a",
            "/dav/f/a%00",
            "/dav/f/a%0A",
            "/dav/f/a\tb",
            "/dav/f\\a",
            "/dav/f/..\\..\\etc",
            "\\\\evil.example\\dav\\f\\a",
            "//evil.example/dav/f/a",
            "///dav/f/a",
            "http://a.org/dav/f/a",
            "https://a.org:8443/dav/f/a",
            "https://evil.example/dav/f/a",
            "https://a.org@evil.example/dav/f/a",
            "https://u:p@a.org/dav/f/a",
            "https://a.org.evil.example/dav/f/a",
            "/dav/f/a?b",
            "/dav/f/a#b",
            "../g",
            "../../etc",
            "file:///dav/f/a",
            "javascript:alert(1)",
            "mailto:a@a.org",
        ] {
            assert_eq!(hrefs.place(href), Place::Elsewhere, "{href}");
        }
    }

    // X-04
    #[test]
    fn what_lies_anywhere_beneath_is_named_by_its_path() {
        let hrefs = hrefs("https://a.org/dav/", &["f"]);
        let path = |href| Some(hrefs.path_beneath(href)?.into_id().item().to_vec());
        assert_eq!(path("/dav/f/a%20b/c/").unwrap(), b"a b/c");
        assert_eq!(path("https://a.org/dav/f/a").unwrap(), b"a");
        for href in [
            "/dav/f/",
            "/dav/g/a",
            "/dav/f/../g",
            "/dav/f/a/%2e%2e/b",
            "/dav/f/a//b",
            "/dav/f/a%2Fb",
            "https://evil.example/dav/f/a",
        ] {
            assert_eq!(path(href), None, "{href}");
        }
    }

    #[test]
    fn the_top_of_a_server_can_be_the_base() {
        let hrefs = hrefs("https://a.org/", &[]);
        assert_eq!(hrefs.place("/"), Place::Itself);
        assert_eq!(hrefs.place("/a"), child("a"));
        assert_eq!(hrefs.place("//"), Place::Elsewhere);
    }
}

//! The endpoint of a WebDAV account, and the URLs beneath it. It sends nothing.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::Url;
use wharf_domain::item::ItemKind;

use super::path::{ItemPath, is_segment};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The base of an account's URLs in canonical form: each segment in one spelling, none empty, a slash
/// at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    url: Url,
}

impl Base {
    /// The canonical form of this URL; `None` if a segment of its path could be read in two ways (I-02).
    pub(crate) fn new(mut url: Url) -> Option<Self> {
        let segments: Vec<Vec<u8>> = url
            .path_segments()?
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).collect())
            .collect();
        if !segments.iter().all(|segment| is_segment(segment)) {
            return None;
        }
        let mut path = String::from("/");
        for segment in &segments {
            push_encoded(&mut path, segment);
            path.push('/');
        }
        url.set_path(&path);
        Some(Self { url })
    }

    /// The URL itself, ending in a slash.
    pub(crate) fn as_url(&self) -> &Url {
        &self.url
    }

    /// The URL of an item. A folder's ends in a slash: nginx refuses to delete it otherwise.
    pub(crate) fn url_of(&self, path: &ItemPath, kind: ItemKind) -> Url {
        let mut url = self.url.clone();
        url.set_path(&[self.url.path(), &relative(path, kind)].concat());
        url
    }
}

/// The part of an item's URL behind the base, every segment encoded (I-02).
pub(crate) fn relative(path: &ItemPath, kind: ItemKind) -> String {
    let mut relative = String::new();
    for segment in path.segments() {
        if !relative.is_empty() {
            relative.push('/');
        }
        push_encoded(&mut relative, segment);
    }
    if kind == ItemKind::Folder && !path.is_root() {
        relative.push('/');
    }
    relative
}

fn push_encoded(path: &mut String, segment: &[u8]) {
    path.extend(percent_encode(segment, ENCODED));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wharf_domain::item::ItemName;

    use super::*;

    fn base(url: &str) -> Option<Base> {
        Base::new(url.parse().unwrap())
    }

    #[test]
    fn one_account_has_one_spelling() {
        for url in [
            "https://a.org/~anna/d%C3%A4v",
            "https://A.org:443/%7Eanna/d\u{e4}v/",
            "https://a.org//%7eanna/d%c3%a4v//",
        ] {
            let base = base(url).unwrap();
            assert_eq!(base.as_url().as_str(), "https://a.org/~anna/d%C3%A4v/");
        }
        assert_eq!(
            base("https://a.org").unwrap().as_url().as_str(),
            "https://a.org/"
        );
    }

    // I-02
    #[test]
    fn a_base_with_an_ambiguous_segment_is_refused() {
        for url in [
            "https://a.org/a%2Fb/",
            "https://a.org/a%00/",
            "https://a.org/a%7F/",
        ] {
            assert_eq!(base(url), None, "{url}");
        }
    }

    #[test]
    fn segments_are_encoded_one_by_one() {
        let base = base("https://a.org/dav/").unwrap();
        let folder = ItemPath::root().child("100% #1?".as_bytes()).unwrap();
        let file = folder.child("a+b %2e%2e;\u{fc}".as_bytes()).unwrap();
        assert_eq!(
            base.url_of(&folder, ItemKind::Folder).as_str(),
            "https://a.org/dav/100%25%20%231%3F/"
        );
        assert_eq!(
            base.url_of(&file, ItemKind::File).as_str(),
            "https://a.org/dav/100%25%20%231%3F/a%2Bb%20%252e%252e%3B%C3%BC"
        );
        assert_eq!(
            base.url_of(&ItemPath::root(), ItemKind::Folder),
            *base.as_url()
        );
    }

    proptest! {
        // I-02: whatever the name, the URL stays exactly one segment below its folder's and decodes to it.
        #[test]
        fn a_childs_url_stays_below_its_folder(name in "\\PC{1,60}") {
            let base = base("https://a.org/dav/").unwrap();
            prop_assume!(name.parse::<ItemName>().is_ok());
            let folder = ItemPath::root().child(b"folder").unwrap();
            let file = folder.child(name.as_bytes()).unwrap();
            let url = base.url_of(&file, ItemKind::File);
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(&segments[..2], &["dav", "folder"]);
            prop_assert_eq!(segments.len(), 3);
            prop_assert_eq!(percent_decode_str(segments[2]).decode_utf8().unwrap(), name);
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
        }
    }
}

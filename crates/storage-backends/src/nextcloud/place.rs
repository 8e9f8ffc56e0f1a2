//! Where a Nextcloud lies, and what is one account's in it. It sends nothing.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/basic.html>

use std::iter;

use percent_encoding::percent_decode_str;
use url::Url;
use wharf_domain::item::ItemKind;

use crate::webdav::{Base, ItemPath};

/// First segments of Nextcloud's own addresses, behind that of the installation.
const PAGES: &[&str] = &[
    "index.php",
    "remote.php",
    "public.php",
    "status.php",
    "ocs",
    "apps",
    "login",
    "settings",
    "s",
    "f",
    "u",
    "call",
];

/// The most places at which an installation is looked for.
const MAX_CANDIDATES: usize = 6;

/// The account of one user id.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) installation: Base,
    /// Decoded, as it stands in the paths.
    pub(crate) user_id: String,
    pub(crate) files: Base,
    pub(crate) uploads: Base,
}

impl Place {
    /// The account of this user id; `None` if that can be no segment of a path.
    pub(crate) fn new(installation: Base, user_id: &str) -> Option<Self> {
        Some(Self {
            user_id: user_id.to_owned(),
            files: beneath(&installation, &["remote.php", "dav", "files", user_id])?,
            uploads: beneath(&installation, &["remote.php", "dav", "uploads", user_id])?,
            installation,
        })
    }

    /// The account whose files lie at this address.
    pub(crate) fn of_files(files: &Base) -> Option<Self> {
        let segments = segments(files.as_url());
        let (installation, [.., user_id]) = segments.split_last_chunk::<4>()?;
        let user_id = percent_decode_str(user_id).decode_utf8().ok()?;
        let place = Self::new(at(files.as_url(), installation)?, &user_id)?;
        (place.files == *files).then_some(place)
    }
}

/// Where an installation may lie beneath whose pages this address is, the likeliest first.
pub(super) fn candidates(typed: &Base) -> Vec<Base> {
    let url = typed.as_url();
    let segments = segments(url);
    let page = segments.iter().position(|segment| PAGES.contains(segment));
    let above = (0..=segments.len()).rev();
    let mut candidates: Vec<Base> = Vec::new();
    for length in page.into_iter().chain(above) {
        let candidate = segments.get(..length).and_then(|kept| at(url, kept));
        if let Some(candidate) = candidate.filter(|it| !candidates.contains(it)) {
            candidates.push(candidate);
        }
    }
    candidates.truncate(MAX_CANDIDATES);
    candidates
}

/// What a person typed, without what tells one page from another.
pub(crate) fn without_query(typed: &str) -> &str {
    typed.split(['?', '#']).next().unwrap_or_default()
}

fn beneath(base: &Base, names: &[&str]) -> Option<Base> {
    let mut path = ItemPath::root();
    for name in names {
        path = path.child(name.as_bytes())?;
    }
    Base::new(base.url_of(&path, ItemKind::Folder))
}

fn segments(url: &Url) -> Vec<&str> {
    let segments = url.path_segments().into_iter().flatten();
    segments.filter(|segment| !segment.is_empty()).collect()
}

fn at(url: &Url, segments: &[&str]) -> Option<Base> {
    let path: String = segments
        .iter()
        .copied()
        .flat_map(|segment| [segment, "/"])
        .collect();
    let mut url = url.clone();
    url.set_path(&iter::once("/").chain([path.as_str()]).collect::<String>());
    Base::new(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str) -> Base {
        Base::new(url.parse().unwrap()).unwrap()
    }

    #[test]
    fn an_account_is_known_by_the_address_of_its_files() {
        let place = Place::new(base("https://a.org/cloud/sub"), "Anna \u{d6}").unwrap();
        assert_eq!(
            place.files.as_url().as_str(),
            "https://a.org/cloud/sub/remote.php/dav/files/Anna%20%C3%96/"
        );
        assert_eq!(
            place.uploads.as_url().as_str(),
            "https://a.org/cloud/sub/remote.php/dav/uploads/Anna%20%C3%96/"
        );
        let again = Place::of_files(&place.files).unwrap();
        assert_eq!(again.installation, place.installation);
        assert_eq!(again.user_id, "Anna \u{d6}");
        for other in [
            "https://a.org/",
            "https://a.org/remote.php/dav/files/",
            "https://a.org/remote.php/dav/uploads/anna/",
            "https://a.org/remote.php/webdav/files/anna/",
            "https://a.org/remote.php/dav/files/anna/folder/",
        ] {
            assert!(Place::of_files(&base(other)).is_none(), "{other}");
        }
    }

    // I-02
    #[test]
    fn a_user_id_leads_nowhere_else() {
        for user_id in ["", ".", "..", "a/b", "a\0", "../ben"] {
            assert!(
                Place::new(base("https://a.org/"), user_id).is_none(),
                "{user_id:?}"
            );
        }
    }

    #[test]
    fn an_installation_is_looked_for_above_the_page_that_was_pasted() {
        let looked = |typed: &str| -> Vec<String> {
            let candidates = candidates(&base(typed)).into_iter();
            candidates.map(|it| it.as_url().path().to_owned()).collect()
        };
        assert_eq!(looked("https://a.org/"), ["/"]);
        assert_eq!(looked("https://a.org/nextcloud"), ["/nextcloud/", "/"]);
        let page = looked("https://a.org/cloud/index.php/apps/files/");
        assert_eq!(page[..2], ["/cloud/", "/cloud/index.php/apps/files/"]);
        assert_eq!(
            looked("https://a.org/1/2/3/4/5/6/7/8").len(),
            MAX_CANDIDATES
        );
    }

    #[test]
    fn what_tells_pages_apart_is_left_out() {
        let typed = "https://a.org/apps/files/files/7?dir=/Docs#top";
        assert_eq!(without_query(typed), "https://a.org/apps/files/files/7");
        assert_eq!(without_query("https://a.org/#/x?y"), "https://a.org/");
    }
}

//! Where in Nextcloud's WebDAV a path leads: `…/remote.php/dav/<collection>/<user id>/<path>`.

use percent_encoding::percent_decode_str;

const ROOT: &str = "/remote.php/dav/";

/// A place in one user's part of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The decoded path up to the user's part, without a slash at its end.
    pub(super) base: String,
    pub(super) user_id: String,
    /// The decoded path there, without slashes at its ends.
    pub(super) path: String,
}

impl Place {
    /// Reads a path that is still percent-encoded; `None` if it leads nowhere, or out of its collection.
    pub(super) fn read(path: &str) -> Option<Self> {
        let (installation, rest) = path.split_once(ROOT)?;
        let segments = rest.split('/').filter(|segment| !segment.is_empty());
        let segments: Vec<String> = segments.map(decoded).collect::<Option<_>>()?;
        let (collection, rest) = segments.split_first()?;
        let (user_id, rest) = rest.split_first()?;
        Some(Self {
            base: base(installation, collection, user_id),
            user_id: user_id.clone(),
            path: rest.join("/"),
        })
    }

    /// The href of a path in the same part.
    pub(super) fn href(&self, path: &str, is_folder: bool) -> String {
        let slash = if path.is_empty() { "" } else { "/" };
        let end = if is_folder { "/" } else { "" };
        encoded(&format!("{}{slash}{path}{end}", self.base))
    }

    /// The [`base`](Self::base) of the same user's part of another collection.
    pub(super) fn in_collection(&self, collection: &str) -> String {
        let installation = self.base.split_once(ROOT).map(|(before, _)| before);
        base(installation.unwrap_or_default(), collection, &self.user_id)
    }
}

fn base(installation: &str, collection: &str, user_id: &str) -> String {
    format!("{installation}{ROOT}{collection}/{user_id}")
}

fn decoded(segment: &str) -> Option<String> {
    let segment = percent_decode_str(segment).decode_utf8().ok()?;
    let is_name = !segment.contains('/') && segment != "." && segment != "..";
    is_name.then(|| segment.into_owned())
}

/// A path percent-encoded as sabre/dav does it: in lower case, with parentheses as they are.
fn encoded(path: &str) -> String {
    let encode = |byte: u8| match byte {
        b'/' | b'-' | b'_' | b'.' | b'~' | b'(' | b')' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02x}"),
    };
    path.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_decoded_and_written_encoded() {
        let place = Place::read("/cloud/sub/remote.php/dav/files/Anna%20%C3%9C/a%2Bb//%e6%97%a5/");
        let place = place.unwrap();
        assert_eq!(place.base, "/cloud/sub/remote.php/dav/files/Anna Ü");
        assert_eq!((&*place.user_id, &*place.path), ("Anna Ü", "a+b/日"));
        assert_eq!(
            place.href("a b (1)", true),
            "/cloud/sub/remote.php/dav/files/Anna%20%c3%9c/a%20b%20(1)/"
        );
        assert_eq!(
            place.in_collection("uploads"),
            "/cloud/sub/remote.php/dav/uploads/Anna Ü"
        );
    }

    #[test]
    fn nothing_leads_out_of_its_collection() {
        for path in [
            "/nextcloud/remote.php/dav/files",
            "/nextcloud/remote.php/webdav/a",
            "/nextcloud/remote.php/dav/files/anna/%2e%2e/ben",
            "/nextcloud/remote.php/dav/files/anna/a%2Fb",
            "/nextcloud/remote.php/dav/files/anna/%ff",
        ] {
            assert_eq!(Place::read(path), None, "{path}");
        }
    }
}

//! The paths below `/v1.0/` that lead to a drive and what is in it, by id or by the names on the way.
//! <https://learn.microsoft.com/graph/onedrive-addressing-driveitems>

use percent_encoding::percent_decode_str;

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The id of the drive; `None` is the caller's own.
    pub(super) drive: Option<String>,
    /// The item in it; `None` is the drive itself.
    pub(super) item: Option<ItemAddress>,
    /// What is to be done with it; empty for the item itself.
    pub(super) action: String,
}

/// An item, from where the names on the way begin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ItemAddress {
    /// The id of the item; `None` is the top folder.
    pub(super) id: Option<String>,
    /// The names that lead on from there.
    pub(super) names: Vec<String>,
}

impl Address {
    /// Reads a path, still percent-encoded, behind `/v1.0/`.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let (drive, rest) = match path.strip_prefix("me/drive") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => (None, rest),
            _ => {
                let path = path.strip_prefix("drives/")?;
                let end = path.find('/').unwrap_or(path.len());
                let (id, rest) = path.split_at(end);
                (Some(decoded(id)?), rest)
            }
        };
        if rest.is_empty() {
            return Some(Self {
                drive,
                item: None,
                action: String::new(),
            });
        }
        let (item, action) = item(rest)?;
        Some(Self {
            drive,
            item: Some(item),
            action,
        })
    }
}

/// The item and the action in what follows a drive.
fn item(path: &str) -> Option<(ItemAddress, String)> {
    let (id, rest) = match path.strip_prefix("/root") {
        Some(rest) => (None, rest),
        None => {
            let path = path.strip_prefix("/items/")?;
            let end = path.find([':', '/']).unwrap_or(path.len());
            let (id, rest) = path.split_at(end);
            let id = decoded(id)?;
            ((id != "root").then_some(id), rest)
        }
    };
    let (names, action) = match rest.strip_prefix(':') {
        None => (Vec::new(), rest),
        Some(by_path) => {
            let (names, action) = by_path.split_once(':').unwrap_or((by_path, ""));
            let names = names.split('/').filter(|name| !name.is_empty());
            (names.map(decoded).collect::<Option<_>>()?, action)
        }
    };
    let action = match action {
        "" => "",
        action => action.strip_prefix('/')?,
    };
    Some((ItemAddress { id, names }, decoded(action)?))
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(drive: Option<&str>, id: Option<&str>, names: &[&str], action: &str) -> Option<Address> {
        Some(Address {
            drive: drive.map(str::to_owned),
            item: Some(ItemAddress {
                id: id.map(str::to_owned),
                names: names.iter().map(|&name| name.to_owned()).collect(),
            }),
            action: action.to_owned(),
        })
    }

    #[test]
    fn items_are_found_by_id_and_by_path() {
        for (path, expected) in [
            ("me/drive/root", to(None, None, &[], "")),
            ("me/drive/items/root", to(None, None, &[], "")),
            ("me/drive/root/children", to(None, None, &[], "children")),
            ("me/drive/root:/", to(None, None, &[], "")),
            (
                "me/drive/root:/a/b.txt",
                to(None, None, &["a", "b.txt"], ""),
            ),
            (
                "me/drive/root:/a%20b/%25.txt:/content",
                to(None, None, &["a b", "%.txt"], "content"),
            ),
            (
                "drives/b%21x/items/01A/content",
                to(Some("b!x"), Some("01A"), &[], "content"),
            ),
            (
                "drives/D/items/D!7:/new.txt:/createUploadSession",
                to(Some("D"), Some("D!7"), &["new.txt"], "createUploadSession"),
            ),
        ] {
            assert_eq!(Address::parse(path), expected, "{path}");
        }
        let drive = Address::parse("drives/D").unwrap();
        assert_eq!((drive.drive.as_deref(), drive.item), (Some("D"), None));
    }

    #[test]
    fn whatever_else_leads_nowhere() {
        for path in [
            "me",
            "me/drives",
            "me/drivel",
            "me/drive/special/photos",
            "me/drive/rooted",
            "me/drive/root:/a:b",
            "sites/root/drive",
        ] {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}

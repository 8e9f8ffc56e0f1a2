//! Google's ids of files and drives, and how they stand in ours. They know no request.

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

/// The longest that is taken for an id; Google's have some 20 to 72 characters.
const MAX_BYTES: usize = 128;

/// Google's own name for the top folder of an account.
pub(crate) const TOP: &str = "root";

/// What an item id names at Google.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    /// The file's id, or [`TOP`].
    pub(crate) file: String,
    /// The shared drive that it lies in, if it is in one.
    pub(crate) drive: Option<String>,
}

impl FileId {
    /// The file that an id names. Anybody can make an id up, and `google-drive3` puts it into a path as it
    /// is, so one that cannot be Google's names nothing (I-02).
    pub(crate) fn of(id: &ItemId) -> Result<Self, Fault> {
        if id.is_root() {
            return Ok(Self {
                file: TOP.to_owned(),
                drive: None,
            });
        }
        let file = str::from_utf8(id.item()).ok().filter(|file| is_id(file));
        let drive = Some(id.drive()).filter(|drive| !drive.is_empty());
        match (file, drive) {
            (Some(file), None) => Ok(Self {
                file: file.to_owned(),
                drive: None,
            }),
            (Some(file), Some(drive)) if is_id(drive) => Ok(Self {
                file: file.to_owned(),
                drive: Some(drive.to_owned()),
            }),
            _ => Err(StorageErrorKind::NotFound.into()),
        }
    }

    /// Whether this is where an account or a shared drive begins.
    pub(crate) fn is_top(&self) -> bool {
        self.file == TOP || self.is_shared_drive()
    }

    /// Whether this is the top folder of a shared drive, which has the drive's own id.
    pub(crate) fn is_shared_drive(&self) -> bool {
        self.drive.as_ref() == Some(&self.file)
    }
}

/// The item id of a file; `None` for what Google never gave out.
pub(crate) fn item_id(file: &str, drive: Option<&str>) -> Option<ItemId> {
    let drive = drive.unwrap_or_default();
    let is_drive = drive.is_empty() || is_id(drive);
    (is_id(file) && is_drive).then(|| ItemId::in_drive(drive, file).ok())?
}

/// The alias of the top folder is no id: it would be a second name of that.
pub(crate) fn is_id(text: &str) -> bool {
    let is_character = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(is_character) && text != TOP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_with_its_drive() {
        for (file, drive) in [("1aB-_9", None), ("1aB", Some("0AD")), ("0AD", Some("0AD"))] {
            let id = item_id(file, drive).unwrap();
            let named = FileId::of(&id).unwrap();
            assert_eq!((named.file.as_str(), named.drive.as_deref()), (file, drive));
            assert_eq!(named.is_shared_drive(), drive == Some(file));
        }
        let top = FileId::of(&ItemId::root()).unwrap();
        assert_eq!((top.file.as_str(), top.is_top()), ("root", true));
    }

    // I-02
    #[test]
    fn what_cannot_be_an_id_names_nothing() {
        for made_up in [
            "root",
            "../about",
            "a/b",
            "a?fields=*",
            "a%2Fb",
            "a b",
            "ä",
            "a#",
            ".",
        ] {
            let id = ItemId::new(made_up).unwrap();
            let refused = FileId::of(&id).unwrap_err();
            assert_eq!(refused.kind, StorageErrorKind::NotFound, "{made_up}");
            assert!(item_id(made_up, None).is_none());
        }
        assert!(FileId::of(&ItemId::new("a".repeat(129)).unwrap()).is_err());
        assert!(FileId::of(&ItemId::in_drive("a/b", "c").unwrap()).is_err());
    }
}

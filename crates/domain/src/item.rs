//! What lies in a storage: files and folders, their ids and names.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::content::ContentType;
use crate::content_version::ContentVersion;
use crate::entity_tag::EntityTag;
use crate::id::DocumentId;
use crate::text::InvalidText;
use crate::time::Timestamp;

/// A file or folder in a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Names the item in this storage.
    pub id: ItemId,
    /// The name as the storage gives it; it may hold anything, so it is never part of a path or header unencoded.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// The size in bytes, where the storage tells it; folders have none.
    pub size_bytes: Option<u64>,
    /// When the content last changed, where the storage tells it.
    pub modified_at: Option<Timestamp>,
    /// The content's validator, where the storage tells it.
    pub etag: Option<EntityTag>,
    /// The content's media type, where the storage tells it.
    pub content_type: Option<String>,
    /// In which media types a file can be had that has no bytes of its own, such as a Google Doc; the
    /// first is what it is read as. Empty for all others.
    pub export_formats: Vec<ContentType>,
}

impl Item {
    /// What the storage tells of the item's content.
    pub fn version(&self) -> ContentVersion {
        ContentVersion {
            size_bytes: self.size_bytes,
            etag: self.etag.clone(),
            modified_at: self.modified_at,
        }
    }
}

/// File or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// Holds items.
    Folder,
    /// Holds bytes.
    File,
}

impl ItemKind {
    /// The stable name: it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::File => "file",
        }
    }
}

/// Names an item in one storage; opaque to clients.
///
/// Its text form is `root` for the top folder, else the base64url of a version byte, the length of
/// the drive id (two bytes, big endian), the drive id, and the provider's item id or path: 2 KiB of
/// text at most. See ADR 0005.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ItemId {
    drive: String,
    item: Vec<u8>,
}

/// A text that is no item id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid item id")]
pub struct InvalidItemId;

impl ItemId {
    /// The longest text form, in bytes.
    pub const MAX_TEXT_BYTES: usize = 2048;
    const VERSION: u8 = 1;
    const ROOT: &'static str = "root";

    /// The top folder of a storage.
    pub const fn root() -> Self {
        Self {
            drive: String::new(),
            item: Vec::new(),
        }
    }

    /// The id of the item that the provider itself names `item`: an id, or the bytes of a path.
    ///
    /// # Errors
    /// [`InvalidItemId`] if `item` is empty, or so long that the text form would exceed its limit.
    pub fn new(item: impl Into<Vec<u8>>) -> Result<Self, InvalidItemId> {
        Self::in_drive("", item)
    }

    /// The same for an item of a drive that is not the account's own; the provider names the drive.
    ///
    /// # Errors
    /// As [`ItemId::new`], the drive's name included in the length.
    pub fn in_drive(drive: &str, item: impl Into<Vec<u8>>) -> Result<Self, InvalidItemId> {
        let id = Self {
            drive: drive.to_owned(),
            item: item.into(),
        };
        let text_bytes = id.to_bytes().len().div_ceil(3) * 4;
        if id.item.is_empty() || text_bytes > Self::MAX_TEXT_BYTES {
            Err(InvalidItemId)
        } else {
            Ok(id)
        }
    }

    /// Whether this is the top folder.
    pub fn is_root(&self) -> bool {
        self.item.is_empty() && self.drive.is_empty()
    }

    /// The provider's own name of the item; empty for the top folder.
    pub fn item(&self) -> &[u8] {
        &self.item
    }

    /// The provider's own name of the drive; empty for the account's own.
    pub fn drive(&self) -> &str {
        &self.drive
    }

    fn to_bytes(&self) -> Vec<u8> {
        // The drive id comes from this type's constructors, which bound the whole id to 2 KiB.
        let drive_len = u16::try_from(self.drive.len()).unwrap_or(u16::MAX);
        let mut bytes = Vec::with_capacity(3 + self.drive.len() + self.item.len());
        bytes.push(Self::VERSION);
        bytes.extend_from_slice(&drive_len.to_be_bytes());
        bytes.extend_from_slice(self.drive.as_bytes());
        bytes.extend_from_slice(&self.item);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let ([version, high, low], rest) = bytes.split_first_chunk()?;
        let (drive, item) =
            rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
        let drive = str::from_utf8(drive).ok()?.to_owned();
        (*version == Self::VERSION && !item.is_empty()).then(|| Self {
            drive,
            item: item.to_vec(),
        })
    }
}

impl FromStr for ItemId {
    type Err = InvalidItemId;

    fn from_str(text: &str) -> Result<Self, InvalidItemId> {
        if text == Self::ROOT {
            return Ok(Self::root());
        }
        if text.len() > Self::MAX_TEXT_BYTES {
            return Err(InvalidItemId);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidItemId)?;
        Self::from_bytes(&bytes).ok_or(InvalidItemId)
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(Self::ROOT);
        }
        f.write_str(&URL_SAFE_NO_PAD.encode(self.to_bytes()))
    }
}

impl fmt::Debug for ItemId {
    /// Paths are personal, so they stay out of logs (L-03).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemId(..)")
    }
}

/// A name for a new file or folder: 1 to 255 bytes, one path segment, kept byte for byte (I-02).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ItemName(String);

impl ItemName {
    /// The longest name allowed, in bytes (I-01).
    pub const MAX_BYTES: usize = 255;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name told apart by a number, `report (2).pdf` for `report.pdf`, shortened before the
    /// number where it would grow too long.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let (stem, extension) = match self.0.rfind('.') {
            Some(dot) if dot > 0 => self.0.split_at(dot),
            _ => (self.0.as_str(), ""),
        };
        let suffix = format!(" ({number}){extension}");
        if suffix.len() >= Self::MAX_BYTES {
            // An extension this long is none: number the whole name.
            let stem = truncated(&self.0, Self::MAX_BYTES - 16);
            return Self(format!("{stem} ({number})"));
        }
        let stem = truncated(stem, Self::MAX_BYTES - suffix.len());
        Self(format!("{stem}{suffix}"))
    }
}

impl From<DocumentId> for ItemName {
    /// The name under which a document's bytes lie where names are keys.
    fn from(id: DocumentId) -> Self {
        Self(id.to_string())
    }
}

fn truncated(text: &str, max_bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(max_bytes))
        .unwrap_or(text)
}

impl FromStr for ItemName {
    type Err = InvalidText;

    fn from_str(name: &str) -> Result<Self, InvalidText> {
        if name.is_empty() {
            return Err(InvalidText::Empty);
        }
        if name.len() > Self::MAX_BYTES {
            return Err(InvalidText::TooLong {
                limit: Self::MAX_BYTES,
                unit: "bytes",
            });
        }
        if name == "." || name == ".." {
            return Err(InvalidText::Forbidden { what: "only dots" });
        }
        if name.contains('/') {
            return Err(InvalidText::Forbidden { what: "a slash" });
        }
        if name.chars().any(char::is_control) {
            return Err(InvalidText::Forbidden {
                what: "control characters",
            });
        }
        Ok(Self(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_id_round_trips_through_its_text() {
        for item in ["a", "Ordner/Ümläut 100%.txt", "\u{1f600}"] {
            let id = ItemId::new(item).unwrap();
            assert_eq!(id.to_string().parse(), Ok(id.clone()));
            assert_eq!(id.item(), item.as_bytes());
        }
        // Version 1, no drive, "a".
        assert_eq!(ItemId::new("a").unwrap().to_string(), "AQAAYQ");
        assert_eq!("root".parse::<ItemId>(), Ok(ItemId::root()));
        assert_eq!(ItemId::root().to_string(), "root");
    }

    #[test]
    fn what_is_no_item_id_is_refused() {
        for text in [
            "", "Root", "AQAA", "AgAAYQ", "AQAFYQ", "AQAAYQ==", "AQAA YQ", "../etc",
        ] {
            assert_eq!(text.parse::<ItemId>(), Err(InvalidItemId), "{text:?}");
        }
        assert!(ItemId::new([]).is_err());
        assert!(ItemId::new([b'a'; 1533]).is_ok());
        assert!(ItemId::new([b'a'; 1534]).is_err());
        assert!("A".repeat(2049).parse::<ItemId>().is_err());
    }

    #[test]
    fn a_name_is_one_path_segment_of_255_bytes() {
        for name in [
            "a",
            "...",
            " spaced ",
            "100% #1?+&.txt",
            "ü\u{308}",
            "\u{1f600}",
        ] {
            assert_eq!(name.parse::<ItemName>().unwrap().as_str(), name);
        }
        assert!("x".repeat(255).parse::<ItemName>().is_ok());
        for name in ["", ".", "..", "a/b", "a\0", "a\nb", &"x".repeat(256)] {
            assert!(name.parse::<ItemName>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_numbered_name_keeps_its_extension_and_its_length() {
        let numbered = |name: &str| name.parse::<ItemName>().unwrap().numbered(2).0;
        assert_eq!(numbered("report.pdf"), "report (2).pdf");
        assert_eq!(numbered("report"), "report (2)");
        assert_eq!(numbered(".profile"), ".profile (2)");
        assert_eq!(numbered("a.tar.gz"), "a.tar (2).gz");
        let long = numbered(&format!("{}.pdf", "ü".repeat(125)));
        assert!(long.len() <= 255 && long.ends_with("ü (2).pdf"), "{long}");
        let odd = numbered(&format!("a.{}", "x".repeat(253)));
        assert!(odd.len() <= 255 && odd.ends_with(" (2)"), "{odd}");
    }
}

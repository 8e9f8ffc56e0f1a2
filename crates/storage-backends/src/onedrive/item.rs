//! Items as OneDrive describes them, and what becomes of them here. It sends nothing.
//! <https://learn.microsoft.com/graph/api/resources/driveitem>

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::IgnoredAny;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use wharf_domain::content::ContentType;
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::item::{Item, ItemId, ItemKind};
use wharf_domain::time::Timestamp;

use crate::entity_tag::entity_tag;

use super::id::item_id;

/// What is asked about each item of a folder.
pub(crate) const LISTED: &[&str] = &[
    "id",
    "name",
    "size",
    "eTag",
    "cTag",
    "lastModifiedDateTime",
    "file",
    "folder",
    "package",
    "remoteItem",
];

/// What is asked about a single one beside that: where it lies.
pub(crate) const PLACE: &str = "parentReference";

/// And where its content is had without a token, for some minutes.
pub(crate) const DOWNLOAD_URL: &str = "@microsoft.graph.downloadUrl";

/// An item as OneDrive describes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveItem {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) name: String,
    size: Option<u64>,
    /// Changes with everything about the item. Business drives put quotes into it, others none.
    pub(crate) e_tag: Option<String>,
    /// Changes with the content alone.
    c_tag: Option<String>,
    last_modified_date_time: Option<String>,
    file: Option<FileFacet>,
    folder: Option<IgnoredAny>,
    package: Option<IgnoredAny>,
    remote_item: Option<IgnoredAny>,
    parent_reference: Option<ParentReference>,
    #[serde(rename = "@microsoft.graph.downloadUrl")]
    pub(crate) download_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileFacet {
    mime_type: Option<String>,
    hashes: Option<Hashes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hashes {
    quick_xor_hash: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ParentReference {
    drive_id: Option<String>,
    drive_type: Option<String>,
    id: Option<String>,
    path: Option<String>,
}

/// What a drive is behind Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DriveKind {
    /// Of a personal account.
    Personal,
    /// Of a work or school account, which is a SharePoint library.
    Library,
}

impl DriveItem {
    /// File or folder. A notebook is neither, and what leads into somebody else's drive is not in this one.
    pub(crate) fn kind(&self) -> Option<ItemKind> {
        if self.package.is_some() || self.remote_item.is_some() {
            return None;
        }
        match (&self.folder, &self.file) {
            (Some(_), _) => Some(ItemKind::Folder),
            (None, Some(_)) => Some(ItemKind::File),
            (None, None) => None,
        }
    }

    /// The item; `None` if its id cannot be one of OneDrive's, or if it is neither file nor folder.
    pub(crate) fn shown(&self) -> Option<Item> {
        let kind = self.kind()?;
        let is_file = kind == ItemKind::File;
        Some(Item {
            id: self.item_id()?,
            name: self.name.clone(),
            kind,
            size_bytes: self.size_bytes(),
            modified_at: self.modified_at(),
            etag: self.content_tag(),
            content_type: self.mime_type().filter(|_| is_file).map(str::to_owned),
            export_formats: Vec::new(),
        })
    }

    /// The item's id; `None` if it cannot be one of OneDrive's.
    pub(crate) fn item_id(&self) -> Option<ItemId> {
        item_id(&self.id)
    }

    /// How many bytes a file has. Of a folder OneDrive tells what lies within.
    pub(crate) fn size_bytes(&self) -> Option<u64> {
        self.size.filter(|_| self.kind() == Some(ItemKind::File))
    }

    /// When the item last changed.
    pub(crate) fn modified_at(&self) -> Option<Timestamp> {
        let text = self.last_modified_date_time.as_deref()?;
        let seconds = OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp();
        (seconds >= 0).then(|| Timestamp::from_unix_seconds(seconds))
    }

    /// What tells one content of a file from another.
    pub(crate) fn content_tag(&self) -> Option<EntityTag> {
        let is_file = self.kind() == Some(ItemKind::File);
        let tag = self.c_tag.as_ref().or(self.e_tag.as_ref());
        entity_tag(tag.filter(|_| is_file)?)
    }

    /// The media type that OneDrive makes of the name.
    pub(crate) fn content_type(&self) -> Option<ContentType> {
        self.mime_type()?.parse().ok()
    }

    fn mime_type(&self) -> Option<&str> {
        self.file.as_ref()?.mime_type.as_deref()
    }

    /// The QuickXorHash of the content, if it is told. OneDrive computes some of them only later.
    pub(crate) fn quick_xor(&self) -> Option<&str> {
        self.file
            .as_ref()?
            .hashes
            .as_ref()?
            .quick_xor_hash
            .as_deref()
    }

    /// The id of the folder that it lies in; the top folder lies in none.
    pub(crate) fn parent_id(&self) -> Option<&str> {
        self.parent_reference.as_ref()?.id.as_deref()
    }

    pub(crate) fn drive_id(&self) -> Option<&str> {
        self.parent_reference.as_ref()?.drive_id.as_deref()
    }

    /// Which kind of drive it lies in, if that is told.
    pub(crate) fn drive_kind(&self) -> Option<DriveKind> {
        Some(
            match self.parent_reference.as_ref()?.drive_type.as_deref()? {
                "personal" => DriveKind::Personal,
                _ => DriveKind::Library,
            },
        )
    }

    /// How many characters the path to it has: all names on the way, each with a slash before it. As far as
    /// it is told: nothing is refused for what is not.
    pub(crate) fn path_chars(&self) -> usize {
        let above = self.parent_reference.as_ref();
        let above = above.and_then(|parent| parent.path.as_deref()?.split_once("root:"));
        let above = above.map_or("", |(_, names)| names);
        let above = percent_decode_str(above).decode_utf8_lossy();
        above.chars().count() + 1 + self.name.chars().count()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// An item as this JSON describes it.
    pub(crate) fn read(told: Value) -> DriveItem {
        serde_json::from_value(told).unwrap()
    }

    #[test]
    fn a_file_is_told_with_all_that_onedrive_tells() {
        let file = read(json!({
            "id": "5BE0!106", "name": "a.txt", "size": 7, "eTag": "aNg", "cTag": "aYz",
            "lastModifiedDateTime": "1994-11-06T08:49:37.25Z",
            "file": {"mimeType": "text/plain", "hashes": {"quickXorHash": "AAA="}},
            "parentReference": {"driveType": "personal", "driveId": "5BE0", "id": "5BE0!101",
                "path": "/drive/root:/a%20b/c"},
        }));
        let item = file.shown().unwrap();
        assert_eq!(item.id, ItemId::new("5BE0!106").unwrap());
        assert_eq!((item.kind, item.size_bytes), (ItemKind::File, Some(7)));
        assert_eq!(item.etag.unwrap().as_str(), "\"aYz\"");
        assert_eq!(item.modified_at.unwrap().as_unix_seconds(), 784_111_777);
        assert_eq!(item.content_type.as_deref(), Some("text/plain"));
        assert_eq!(file.quick_xor(), Some("AAA="));
        assert_eq!(file.drive_kind(), Some(DriveKind::Personal));
        // "/a b/c/a.txt"
        assert_eq!(file.path_chars(), 12);
    }

    #[test]
    fn a_folder_has_neither_size_nor_type_nor_tag() {
        let folder = read(json!({
            "id": "01A", "name": "b", "size": 1024, "eTag": "\"{1},2\"", "folder": {"childCount": 1},
            "parentReference": {"driveType": "business", "path": "/drives/b!x/root:"},
        }));
        let item = folder.shown().unwrap();
        assert_eq!(item.kind, ItemKind::Folder);
        assert_eq!(
            (item.size_bytes, item.etag, item.content_type),
            (None, None, None)
        );
        assert_eq!(folder.drive_kind(), Some(DriveKind::Library));
        assert_eq!(folder.path_chars(), 2);
    }

    #[test]
    fn a_tag_of_a_business_drive_is_taken_as_it_is() {
        let file = read(json!({"id": "01A", "file": {}, "cTag": "\"c:{0A-1},2\""}));
        assert_eq!(file.content_tag().unwrap().as_str(), "\"c:{0A-1},2\"");
    }

    //
    #[test]
    fn what_is_neither_file_nor_folder_is_not_shown() {
        for odd in [
            json!({"id": "01A", "name": "notes", "package": {"type": "oneNote"}}),
            json!({"id": "01A", "folder": {}, "remoteItem": {"id": "01B"}}),
            json!({"id": "01A"}),
            json!({"id": "../x", "file": {}}),
        ] {
            assert_eq!(read(odd.clone()).shown(), None, "{odd}");
        }
    }
}

//! Files as Google describes them, turned into items. It sends nothing.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/files>

use google_drive3::api::File;
use wharf_domain::content::ContentType;
use wharf_domain::entity_tag::EntityTag;
use wharf_domain::item::{Item, ItemId, ItemKind};
use wharf_domain::time::Timestamp;

use crate::digests::Algorithm;

use super::id::item_id;

/// What is asked about a file; without such a list Drive tells next to nothing.
pub(crate) const FIELDS: &str = "id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,\
    version,createdTime,modifiedTime,trashed,parents,driveId,shortcutDetails,exportLinks";

pub(crate) const FOLDER: &str = "application/vnd.google-apps.folder";
pub(crate) const SHORTCUT: &str = "application/vnd.google-apps.shortcut";

/// What all media types begin with that stand for no bytes.
pub(crate) const NATIVE: &str = "application/vnd.google-apps.";

/// The forms that a document is read in, the best first: those that can be worked on, then those that look
/// right. Whatever else is offered follows in the order of its name.
const PREFERRED: [&str; 6] = [
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/pdf",
    "image/svg+xml",
    "image/png",
];

/// The item; `None` if its id cannot be one of Google's.
///
/// A shortcut is shown as what it leads to, as far as it tells; its id is its own, for it can be moved and
/// deleted for itself.
pub(crate) fn item(file: &File) -> Option<Item> {
    let kind = kind(file);
    let is_file = kind == ItemKind::File;
    Some(Item {
        id: id(file)?,
        name: file.name.clone().unwrap_or_default(),
        kind,
        size_bytes: size(file).filter(|_| is_file),
        modified_at: modified_at(file),
        etag: etag(file),
        content_type: shown_type(file).filter(|_| is_file).map(str::to_owned),
        export_formats: export_formats(file),
    })
}

/// The id of the item.
pub(crate) fn id(file: &File) -> Option<ItemId> {
    item_id(file.id.as_deref()?, file.drive_id.as_deref())
}

/// File or folder; a shortcut is what it leads to.
pub(crate) fn kind(file: &File) -> ItemKind {
    match shown_type(file) {
        Some(FOLDER) => ItemKind::Folder,
        _ => ItemKind::File,
    }
}

pub(crate) fn is_shortcut(file: &File) -> bool {
    file.mime_type.as_deref() == Some(SHORTCUT)
}

/// Whether there are no bytes to download.
pub(crate) fn is_native(file: &File) -> bool {
    let mime_type = file.mime_type.as_deref();
    mime_type.is_some_and(|mime_type| mime_type.starts_with(NATIVE))
}

/// How many bytes there are. Of its own documents Google tells a size that no export has.
pub(crate) fn size(file: &File) -> Option<u64> {
    let size = file.size.filter(|_| !is_native(file))?;
    u64::try_from(size).ok()
}

pub(crate) fn modified_at(file: &File) -> Option<Timestamp> {
    let modified = file.modified_time?;
    Some(Timestamp::from_unix_micros(modified.timestamp_micros()))
}

/// What tells one content of a file from another. Drive has no entity tags in version 3, but a name for
/// every revision of a content; where that is not told, its checksum. A document of Google's own only has
/// a number that grows with every change, whatever it changes: a weak tag.
pub(crate) fn etag(file: &File) -> Option<EntityTag> {
    if is_native(file) {
        let version = file
            .version
            .filter(|_| kind(file) == ItemKind::File && !is_shortcut(file))?;
        return format!("W/\"v{version}\"").parse().ok();
    }
    let revision = file
        .head_revision_id
        .as_ref()
        .or(file.md5_checksum.as_ref())?;
    format!("\"{revision}\"").parse().ok()
}

/// The best digest that Drive tells of the content: what SHA-256 says, MD5 need not.
pub(crate) fn digest(file: &File) -> Option<(Algorithm, String)> {
    told(file, Algorithm::Sha256).or_else(|| told(file, Algorithm::Md5))
}

/// A digest of the content, if Drive tells it.
pub(crate) fn told(file: &File, algorithm: Algorithm) -> Option<(Algorithm, String)> {
    let told = match algorithm {
        Algorithm::Md5 => &file.md5_checksum,
        Algorithm::Sha256 => &file.sha256_checksum,
        Algorithm::QuickXor => return None,
    };
    Some((algorithm, told.as_ref()?.to_ascii_lowercase()))
}

/// The forms in which a document of Google's own can be had, the one that it is read in first.
pub(crate) fn export_formats(file: &File) -> Vec<ContentType> {
    let links = file.export_links.iter().flatten();
    let mut formats: Vec<&str> = links.map(|(format, _)| format.as_str()).collect();
    let place = |format: &str| PREFERRED.iter().position(|preferred| *preferred == format);
    formats.sort_by_key(|format| (place(format).unwrap_or(PREFERRED.len()), *format));
    let formats = formats.into_iter();
    formats.filter_map(|format| format.parse().ok()).collect()
}

/// The file's media type, or that of what it leads to.
fn shown_type(file: &File) -> Option<&str> {
    let target = file.shortcut_details.as_ref();
    target
        .and_then(|target| target.target_mime_type.as_deref())
        .or(file.mime_type.as_deref())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(told: Value) -> File {
        serde_json::from_value(told).unwrap()
    }

    #[test]
    fn a_file_is_told_with_all_that_drive_tells() {
        let file = read(
            json!({"id": "1a", "name": "a.txt", "mimeType": "text/plain", "size": "7",
            "md5Checksum": "AB", "headRevisionId": "0B1", "driveId": "0AD",
            "modifiedTime": "1994-11-06T08:49:37.250Z"}),
        );
        let item = item(&file).unwrap();
        assert_eq!(item.id, ItemId::in_drive("0AD", "1a").unwrap());
        assert_eq!((item.kind, item.size_bytes), (ItemKind::File, Some(7)));
        assert_eq!(item.etag.unwrap().as_str(), "\"0B1\"");
        assert_eq!(
            item.modified_at.unwrap().as_unix_micros(),
            784_111_777_250_000
        );
        assert_eq!(digest(&file), Some((Algorithm::Md5, "ab".to_owned())));
    }

    #[test]
    fn a_folder_has_neither_size_nor_type_nor_tag() {
        let folder = read(json!({"id": "1a", "name": "b", "mimeType": FOLDER, "version": "3"}));
        let item = item(&folder).unwrap();
        assert_eq!(item.kind, ItemKind::Folder);
        assert_eq!(
            (item.size_bytes, item.etag, item.content_type),
            (None, None, None)
        );
    }

    #[test]
    fn a_document_is_offered_in_its_forms_the_best_first() {
        let document = read(
            json!({"id": "1a", "mimeType": "application/vnd.google-apps.document",
            "size": "1024", "version": "9", "exportLinks": {"text/plain": "", "application/pdf": "",
            PREFERRED[0]: "", "application/epub+zip": "", "not a type": ""}}),
        );
        let item = item(&document).unwrap();
        let formats: Vec<_> = item
            .export_formats
            .iter()
            .map(ContentType::as_str)
            .collect();
        assert_eq!(
            formats,
            [
                PREFERRED[0],
                "application/pdf",
                "application/epub+zip",
                "text/plain"
            ]
        );
        assert_eq!(
            (item.size_bytes, item.etag.unwrap().as_str()),
            (None, "W/\"v9\"")
        );
    }

    #[test]
    fn a_shortcut_is_shown_as_what_it_leads_to() {
        let shortcut = |target: &str| {
            item(&read(json!({"id": "1s", "mimeType": SHORTCUT,
                "shortcutDetails": {"targetId": "1t", "targetMimeType": target}})))
        };
        let folder = shortcut(FOLDER).unwrap();
        assert_eq!(folder.kind, ItemKind::Folder);
        assert_eq!(folder.id, ItemId::new("1s").unwrap());
        let file = shortcut("text/plain").unwrap();
        assert_eq!(
            (file.kind, file.content_type.as_deref()),
            (ItemKind::File, Some("text/plain"))
        );
        assert_eq!(file.etag, None);
    }

    //
    #[test]
    fn what_drive_cannot_mean_is_not_taken() {
        assert_eq!(
            item(&read(json!({"id": "../x", "mimeType": "text/plain"}))),
            None
        );
        assert_eq!(item(&read(json!({"mimeType": "text/plain"}))), None);
        let negative = read(json!({"id": "1a", "mimeType": "text/plain", "size": "-1"}));
        assert_eq!(item(&negative).unwrap().size_bytes, None);
    }
}

//! Documents of Google's own kinds, which have no bytes: they are exported, or not.
//! <https://developers.google.com/workspace/drive/api/guides/ref-export-formats>

use serde_json::{Value, json};

use crate::blob::Blob;

pub(super) const FOLDER: &str = "application/vnd.google-apps.folder";
pub(super) const SHORTCUT: &str = "application/vnd.google-apps.shortcut";
pub(super) const DOCUMENT: &str = "application/vnd.google-apps.document";
pub(super) const SPREADSHEET: &str = "application/vnd.google-apps.spreadsheet";
pub(super) const PRESENTATION: &str = "application/vnd.google-apps.presentation";
pub(super) const FORM: &str = "application/vnd.google-apps.form";

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/x-vnd.oasis.opendocument.spreadsheet";
const ODP: &str = "application/vnd.oasis.opendocument.presentation";
const PDF: &str = "application/pdf";
const ZIP: &str = "application/zip";

/// What `files.export` gives at most.
pub(super) const MOST_EXPORTED_BYTES: u64 = 10 * 1024 * 1024;

/// A format: its media type, how `exportLinks` call it, and an export of a short document in it.
pub(super) struct Format {
    pub(super) media_type: &'static str,
    pub(super) link_name: &'static str,
    content: &'static [u8],
}

const fn format(
    media_type: &'static str,
    link_name: &'static str,
    content: &'static [u8],
) -> Format {
    Format {
        media_type,
        link_name,
        content,
    }
}

/// What every archive begins with; an empty one is nothing but its end.
const EMPTY_ARCHIVE: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
const SHORT_PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n\
<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n";

static OF_DOCUMENTS: [Format; 6] = [
    format(DOCX, "docx", EMPTY_ARCHIVE),
    format(ODT, "odt", EMPTY_ARCHIVE),
    format(PDF, "pdf", SHORT_PDF),
    format(
        "text/plain",
        "txt",
        b"\xef\xbb\xbfMinutes of the harbour board\r\n",
    ),
    format("text/markdown", "md", b"# Minutes of the harbour board\n"),
    format(ZIP, "zip", EMPTY_ARCHIVE),
];

static OF_SPREADSHEETS: [Format; 6] = [
    format(XLSX, "xlsx", EMPTY_ARCHIVE),
    format(ODS, "ods", EMPTY_ARCHIVE),
    format(PDF, "pdf", SHORT_PDF),
    format("text/csv", "csv", b"berth,fee\r\n1,120\r\n2,80"),
    format(
        "text/tab-separated-values",
        "tsv",
        b"berth\tfee\r\n1\t120\r\n2\t80",
    ),
    format(ZIP, "zip", EMPTY_ARCHIVE),
];

static OF_PRESENTATIONS: [Format; 4] = [
    format(PPTX, "pptx", EMPTY_ARCHIVE),
    format(ODP, "odp", EMPTY_ARCHIVE),
    format(PDF, "pdf", SHORT_PDF),
    format("text/plain", "txt", b"Plans for the pier\n"),
];

/// The kinds that can be exported.
const EXPORTABLE: [&str; 3] = [DOCUMENT, SPREADSHEET, PRESENTATION];

/// Whether a media type is one of Google's own, so that there are no bytes.
pub(super) fn is_native(mime_type: &str) -> bool {
    mime_type.starts_with("application/vnd.google-apps.")
}

/// The formats that documents of this kind can be exported to; none for some kinds.
pub(super) fn formats(mime_type: &str) -> &'static [Format] {
    match mime_type {
        DOCUMENT => &OF_DOCUMENTS,
        SPREADSHEET => &OF_SPREADSHEETS,
        PRESENTATION => &OF_PRESENTATIONS,
        _ => &[],
    }
}

impl Format {
    /// The export of a document that comes to so many bytes; `None` is a short one.
    pub(super) fn exported(&self, bytes: Option<u64>) -> Blob {
        match bytes {
            None => Blob::fixed(self.content),
            Some(bytes) => Blob::generated(0, bytes),
        }
    }
}

/// `exportFormats` of `about`.
pub(super) fn export_formats() -> Value {
    let formats = EXPORTABLE.map(|kind| {
        let formats = formats(kind).iter().map(|format| format.media_type.into());
        (kind.to_owned(), Value::Array(formats.collect()))
    });
    Value::Object(formats.into_iter().collect())
}

/// `importFormats` of `about`.
pub(super) fn import_formats() -> Value {
    json!({
        "text/plain": [DOCUMENT],
        "text/html": [DOCUMENT],
        DOCX: [DOCUMENT],
        ODT: [DOCUMENT],
        "text/csv": [SPREADSHEET],
        "text/tab-separated-values": [SPREADSHEET],
        XLSX: [SPREADSHEET],
        ODS: [SPREADSHEET],
        PPTX: [PRESENTATION],
        ODP: [PRESENTATION],
    })
}

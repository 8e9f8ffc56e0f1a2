//! Whether OneDrive keeps what was sent to it, and gives back what it keeps.

use wharf_domain::verification::Verification;

use crate::digests::Algorithm;
use crate::uploading::OtherStored;

use super::item::{DriveItem, DriveKind};

/// What SharePoint writes its properties into when it is uploaded, so that what is stored has another size
/// and digest. <https://github.com/OneDrive/onedrive-api-docs/issues/935>
const REWRITTEN: &[&str] = &[
    "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "pptx", "pptm", "potx", "potm",
    "ppsx", "ppsm", "doc", "dot", "xls", "xlt", "ppt", "pot", "pps", "pdf", "htm", "html", "aspx",
];

/// What personal drives give out in another form than the one that they tell size and digest of.
const CONVERTED: &[&str] = &["heic", "heif"];

/// A content that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) size_bytes: u64,
    quick_xor: String,
}

impl Sent {
    /// A content of this size with these digests.
    pub(crate) fn new(size_bytes: u64, digests: Vec<(Algorithm, String)>) -> Self {
        let mut digests = digests.into_iter();
        let quick_xor = digests.find(|(algorithm, _)| *algorithm == Algorithm::QuickXor);
        Self {
            size_bytes,
            quick_xor: quick_xor.map(|(_, told)| told).unwrap_or_default(),
        }
    }

    /// Whether an item certainly has this content.
    pub(crate) fn is_that_of(&self, item: &DriveItem) -> bool {
        item.quick_xor() == Some(&self.quick_xor) && item.size_bytes() == Some(self.size_bytes)
    }

    /// What is known of the item that was made of this content; an error if it has another.
    pub(crate) fn verification(&self, item: &DriveItem) -> Result<Verification, OtherStored> {
        let same_size = item.size_bytes() == Some(self.size_bytes);
        match item.quick_xor() {
            Some(told) if told == self.quick_xor && same_size => Ok(Verification::Digest),
            None if same_size => Ok(Verification::SizeOnly),
            _ if is_rewritten(item) => Ok(Verification::StoredDiffers),
            _ => Err(OtherStored),
        }
    }
}

/// The size and digest that a download must have, if OneDrive tells them of what it sends.
pub(crate) fn expected(item: &DriveItem) -> Option<(u64, Option<(Algorithm, String)>)> {
    let is_converted =
        item.drive_kind() != Some(DriveKind::Library) && has_ending(&item.name, CONVERTED);
    if is_converted || is_rewritten(item) {
        return None;
    }
    let digest = item.quick_xor().map(str::to_owned);
    Some((
        item.size_bytes()?,
        digest.map(|told| (Algorithm::QuickXor, told)),
    ))
}

fn is_rewritten(item: &DriveItem) -> bool {
    item.drive_kind() == Some(DriveKind::Library) && has_ending(&item.name, REWRITTEN)
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| endings.contains(&&*ending))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::item::tests::read;
    use super::*;

    fn item(name: &str, drive: &str, size: u64, quick_xor: Option<&str>) -> DriveItem {
        read(json!({
            "id": "01A", "name": name, "size": size,
            "file": {"hashes": {"quickXorHash": quick_xor}},
            "parentReference": {"driveType": drive},
        }))
    }

    //
    #[test]
    fn only_what_sharepoint_rewrites_may_differ() {
        let sent = Sent::new(7, vec![(Algorithm::QuickXor, "AAA=".to_owned())]);
        let right = Some("AAA=");
        let wrong = Some("BBB=");
        for (name, drive, size, told, expected) in [
            ("a.bin", "personal", 7, right, Ok(Verification::Digest)),
            ("a.docx", "business", 7, right, Ok(Verification::Digest)),
            ("a.bin", "business", 7, None, Ok(Verification::SizeOnly)),
            (
                "a.DOCX",
                "business",
                9,
                wrong,
                Ok(Verification::StoredDiffers),
            ),
            (
                "a.docx",
                "documentLibrary",
                9,
                None,
                Ok(Verification::StoredDiffers),
            ),
            ("a.docx", "personal", 9, wrong, Err(OtherStored)),
            ("a.bin", "business", 7, wrong, Err(OtherStored)),
            ("a.bin", "business", 8, right, Err(OtherStored)),
            ("a.bin", "business", 8, None, Err(OtherStored)),
            ("docx", "business", 9, wrong, Err(OtherStored)),
        ] {
            let judged = sent.verification(&item(name, drive, size, told));
            assert_eq!(judged, expected, "{name} {drive} {size} {told:?}");
        }
    }

    #[test]
    fn a_download_is_held_to_what_is_told_of_it() {
        let of = |name: &str, drive: &str| expected(&item(name, drive, 7, Some("AAA=")));
        let told = (7, Some((Algorithm::QuickXor, "AAA=".to_owned())));
        assert_eq!(of("a.docx", "personal"), Some(told.clone()));
        assert_eq!(of("a.heic", "business"), Some(told));
        assert_eq!(of("a.docx", "business"), None);
        assert_eq!(of("a.HEIC", "personal"), None);
        assert_eq!(expected(&item("a", "personal", 7, None)), Some((7, None)));
    }
}

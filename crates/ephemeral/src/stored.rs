//! A listing as bytes: the form it has in Redis. It knows no Redis.
//!
//! A version byte, the generation it was read in (eight bytes, big endian), then the rows by postcard.
//! Whatever is different is no listing: it was written by another version, or it is damaged.

use serde::{Deserialize, Serialize};
use wharf_domain::content::ContentType;
use wharf_domain::item::{Item, ItemKind};
use wharf_domain::listing::Listing;
use wharf_domain::ports::listings::Generation;
use wharf_domain::time::Timestamp;

const VERSION: u8 = 2;

#[derive(Serialize, Deserialize)]
struct ListingRow<'a> {
    skipped: u32,
    #[serde(borrow)]
    items: Vec<ItemRow<'a>>,
}

#[derive(Serialize, Deserialize)]
struct ItemRow<'a> {
    id: String,
    name: &'a str,
    is_folder: bool,
    size_bytes: Option<u64>,
    modified_micros: Option<i64>,
    etag: Option<&'a str>,
    content_type: Option<&'a str>,
    #[serde(borrow)]
    export_formats: Vec<&'a str>,
}

/// The bytes of a listing that was read in this generation.
pub(crate) fn write(generation: Generation, listing: &Listing) -> postcard::Result<Vec<u8>> {
    let row = ListingRow {
        skipped: listing.skipped(),
        items: listing.items().iter().map(ItemRow::from).collect(),
    };
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&generation.0.to_be_bytes());
    postcard::to_extend(&row, bytes)
}

/// The listing in these bytes, if they are one and it was read in this generation.
pub(crate) fn read(generation: Generation, bytes: &[u8]) -> Option<Listing> {
    let (version, rest) = bytes.split_first()?;
    let (read_in, rows) = rest.split_first_chunk()?;
    if *version != VERSION || u64::from_be_bytes(*read_in) != generation.0 {
        return None;
    }
    let row: ListingRow<'_> = postcard::from_bytes(rows).ok()?;
    let items = row.items.into_iter().map(ItemRow::into_item);
    Some(Listing::new(items.collect::<Option<_>>()?, row.skipped))
}

impl<'a> From<&'a Item> for ItemRow<'a> {
    fn from(item: &'a Item) -> Self {
        // Taken apart to the last field, so that a new one cannot be forgotten.
        let Item {
            id,
            name,
            kind,
            size_bytes,
            modified_at,
            etag,
            content_type,
            export_formats,
        } = item;
        Self {
            id: id.to_string(),
            name,
            is_folder: *kind == ItemKind::Folder,
            size_bytes: *size_bytes,
            modified_micros: modified_at.map(Timestamp::as_unix_micros),
            etag: etag.as_ref().map(|tag| tag.as_str()),
            content_type: content_type.as_deref(),
            export_formats: export_formats.iter().map(ContentType::as_str).collect(),
        }
    }
}

impl ItemRow<'_> {
    fn into_item(self) -> Option<Item> {
        let formats = self.export_formats.into_iter();
        let formats = formats.map(|format| format.parse().ok());
        Some(Item {
            id: self.id.parse().ok()?,
            name: self.name.to_owned(),
            kind: if self.is_folder {
                ItemKind::Folder
            } else {
                ItemKind::File
            },
            size_bytes: self.size_bytes,
            modified_at: self.modified_micros.map(Timestamp::from_unix_micros),
            etag: self.etag.map(str::parse).transpose().ok()?,
            content_type: self.content_type.map(str::to_owned),
            export_formats: formats.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use wharf_domain::item::ItemId;

    use super::*;

    const GENERATION: Generation = Generation(7);

    fn listing() -> Listing {
        let full = Item {
            id: ItemId::new("Ümläut 100%.txt").unwrap(),
            name: "Ümläut 100%.txt".to_owned(),
            kind: ItemKind::File,
            size_bytes: Some(u64::MAX),
            modified_at: Some(Timestamp::from_unix_micros(-1)),
            etag: Some("W/\"5f-61\"".parse().unwrap()),
            content_type: Some("text/plain".to_owned()),
            export_formats: vec!["text/plain".parse().unwrap(), "image/png".parse().unwrap()],
        };
        let bare = Item {
            id: ItemId::new("a").unwrap(),
            name: String::new(),
            kind: ItemKind::Folder,
            size_bytes: None,
            modified_at: None,
            etag: None,
            content_type: None,
            export_formats: Vec::new(),
        };
        Listing::new(vec![full, bare], 3)
    }

    #[test]
    fn a_listing_comes_back_as_it_was() {
        let bytes = write(GENERATION, &listing()).unwrap();
        assert_eq!(read(GENERATION, &bytes), Some(listing()));
    }

    /// Replicas of different versions share one Redis, so the form may only change with its version.
    #[test]
    fn the_form_is_stable() {
        let bytes = write(GENERATION, &Listing::new(Vec::new(), 2)).unwrap();
        assert_eq!(bytes, [2, 0, 0, 0, 0, 0, 0, 0, 7, 2, 0]);
    }

    #[test]
    fn what_is_damaged_or_foreign_is_no_listing() {
        let bytes = write(GENERATION, &listing()).unwrap();
        for length in 0..bytes.len() {
            assert_eq!(read(GENERATION, &bytes[..length]), None, "{length}");
        }
        assert_eq!(read(Generation(8), &bytes), None);
        let other_version = [&[1], &bytes[1..]].concat();
        assert_eq!(read(GENERATION, &other_version), None);
        let garbage = [&bytes[..9], &[0xff; 64]].concat();
        assert_eq!(read(GENERATION, &garbage), None);
    }
}

//! Documents: contents that users gave to Wharf to keep, wherever they chose to have them.

use std::fmt;

use crate::content::ContentType;
use crate::content_version::ContentVersion;
use crate::entity_tag::EntityTag;
use crate::id::{DocumentId, UserId};
use crate::item::{ItemId, ItemName};
use crate::time::Timestamp;
use crate::user::StoragePlace;
use crate::verification::Verification;

/// A content that a user gave to Wharf to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The document's id.
    pub id: DocumentId,
    /// The user whose document it is.
    pub owner: UserId,
    /// The name that the user gave it.
    pub name: ItemName,
    /// The media type that the user gave it.
    pub content_type: ContentType,
    /// The size in bytes, counted while it was stored.
    pub size_bytes: u64,
    /// The SHA-256 of the bytes, computed while they were stored.
    pub sha256: Sha256Digest,
    /// Where it is.
    pub place: StoragePlace,
    /// The item that holds it there.
    pub item: ItemId,
    /// The content's validator, as the storage told it when it was stored.
    pub storage_etag: Option<EntityTag>,
    /// When the content last changed, as the storage told it when it was stored.
    pub storage_modified_at: Option<Timestamp>,
    /// The size of what the storage keeps; another than `size_bytes` only where it keeps other bytes on
    /// purpose.
    pub storage_size_bytes: u64,
    /// What was known of the stored bytes when they were stored.
    pub verification: Verification,
    /// When it was stored.
    pub created_at: Timestamp,
}

impl Document {
    /// What the storage told of the content when it was stored.
    pub fn version(&self) -> ContentVersion {
        ContentVersion {
            size_bytes: Some(self.storage_size_bytes),
            etag: self.storage_etag.clone(),
            modified_at: self.storage_modified_at,
        }
    }
}

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sha256Digest(pub [u8; 32]);

impl fmt::Display for Sha256Digest {
    /// Writes lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity_tag::EntityTag;

    /// The representation and its digest are those of RFC 9530, appendix B.1.
    #[test]
    fn a_digest_is_written_in_hexadecimal_and_makes_a_strong_tag() {
        let digest = Sha256Digest([
            0x44, 0xaf, 0xf4, 0xab, 0x2d, 0x7c, 0x32, 0x50, 0x52, 0x56, 0x75, 0xa0, 0x8f, 0x0c,
            0xfa, 0x95, 0x91, 0x16, 0x8c, 0xff, 0xe5, 0x17, 0x91, 0xc5, 0xf5, 0xbb, 0xc4, 0x17,
            0xc1, 0x5a, 0x6c, 0x38,
        ]);
        let hex = "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38";
        assert_eq!(digest.to_string(), hex);
        let tag = EntityTag::from(digest);
        assert_eq!(Ok(&tag), format!("\"{hex}\"").parse().as_ref());
    }
}

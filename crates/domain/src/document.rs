//! Documents: contents that users gave to Wharf to keep, wherever they chose to have them.

use crate::content::ContentType;
use crate::id::{DocumentId, UserId};
use crate::item::{ContentVersion, EntityTag, ItemId, ItemName};
use crate::time::Timestamp;
use crate::user::StoragePlace;

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
    /// When it was stored.
    pub created_at: Timestamp,
}

impl Document {
    /// What the storage told of the content when it was stored.
    pub fn version(&self) -> ContentVersion {
        ContentVersion {
            size_bytes: Some(self.size_bytes),
            etag: self.storage_etag.clone(),
            modified_at: self.storage_modified_at,
        }
    }
}

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sha256Digest(pub [u8; 32]);

//! Content on its way: streams of bytes in and out, never collected.

use std::fmt;
use std::pin::Pin;
use std::str::FromStr;

use bytes::Bytes;
use futures_util::Stream;

use crate::content_version::ContentVersion;
use crate::entity_tag::EntityTag;
use crate::ports::storage::StorageError;
use crate::range::ContentRange;
use crate::text::InvalidText;
use crate::time::Timestamp;

/// Bytes on their way to a storage.
pub type UploadStream = Pin<Box<dyn Stream<Item = Result<Bytes, UploadInterrupted>> + Send>>;

/// Bytes on their way from a storage. An error in the middle means that the content is not complete.
pub type DownloadStream = Pin<Box<dyn Stream<Item = Result<Bytes, StorageError>> + Send>>;

/// The sender stopped before the end: it hung up, or sent less or more than it had announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the content ended before it was complete")]
pub struct UploadInterrupted;

/// A content to be stored.
pub struct Upload {
    /// The bytes.
    pub content: UploadStream,
    /// How many there will be, where the sender announced it.
    pub size_bytes: Option<u64>,
    /// The media type that the sender gave.
    pub content_type: ContentType,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("size_bytes", &self.size_bytes)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

/// A content, or a part of one, as a storage sends it.
pub struct Download {
    /// The bytes.
    pub content: DownloadStream,
    /// The file's name, where the storage tells it along with the content; anything may stand in it.
    pub name: Option<String>,
    /// The number of bytes that will come, where the storage tells it.
    pub size_bytes: Option<u64>,
    /// Which part this is, if it is not the whole.
    pub range: Option<ContentRange>,
    /// The content's validator, where the storage tells it.
    pub etag: Option<EntityTag>,
    /// When the content last changed, where the storage tells it.
    pub modified_at: Option<Timestamp>,
    /// The content's media type, where the storage tells it.
    pub content_type: Option<ContentType>,
}

impl Download {
    /// What the storage tells of the whole content.
    pub fn version(&self) -> ContentVersion {
        ContentVersion {
            size_bytes: self.range.map(|range| range.total).or(self.size_bytes),
            etag: self.etag.clone(),
            modified_at: self.modified_at,
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("size_bytes", &self.size_bytes)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

/// A media type (RFC 9110, section 8.3.1) that may stand in a header as it is (H-01): visible ASCII
/// and single spaces, `type/subtype` first, 255 bytes at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContentType(String);

impl ContentType {
    const MAX_BYTES: usize = 255;

    /// The type of bytes of which nothing is known.
    pub fn octet_stream() -> Self {
        Self("application/octet-stream".to_owned())
    }

    /// The type as it stands in a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ContentType {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidText::TooLong {
                limit: Self::MAX_BYTES,
                unit: "bytes",
            });
        }
        let essence = text.split(';').next().unwrap_or_default().trim_end();
        let named = essence
            .split_once('/')
            .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
        if !named || !text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            return Err(InvalidText::Malformed {
                what: "a media type such as application/pdf",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

/// A token of RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_may_stand_in_a_header() {
        for text in [
            "text/plain",
            "text/plain; charset=utf-8",
            "application/vnd.ms-excel",
            "image/svg+xml",
        ] {
            assert_eq!(text.parse::<ContentType>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "text",
            "text/",
            "/plain",
            "text/plain\r\nSet-Cookie: a",
            "text/plä",
            "a b/c",
        ] {
            assert!(text.parse::<ContentType>().is_err(), "{text:?}");
        }
        assert!(
            format!("text/{}", "a".repeat(251))
                .parse::<ContentType>()
                .is_err()
        );
    }
}

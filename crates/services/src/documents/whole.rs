//! A content that ends as it was stored or not at all: a byte too few or too many is an error, never
//! a clean end.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use wharf_domain::content::{Download, DownloadStream};
use wharf_domain::ports::storage::{Operation, StorageError, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_domain::range::ContentRange;

/// Holds a download to the size of the content that was stored.
pub(super) fn whole(download: Download, stored_bytes: u64, provider: Option<Provider>) -> Download {
    let expected = download.range.map_or(stored_bytes, ContentRange::len);
    let content = exactly(download.content, expected, provider);
    Download {
        content,
        size_bytes: Some(expected),
        ..download
    }
}

fn exactly(content: DownloadStream, expected: u64, provider: Option<Provider>) -> DownloadStream {
    let broken =
        move || StorageError::new(StorageErrorKind::Interrupted, Operation::Read, provider);
    let parts = stream::try_unfold((content, expected), move |(mut content, left)| async move {
        match content.try_next().await? {
            Some(part) => {
                let left = left.checked_sub(part.len() as u64).ok_or_else(broken)?;
                Ok(Some((part, (content, left))))
            }
            None if left > 0 => Err(broken()),
            None => Ok(None),
        }
    });
    parts.boxed()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    async fn read(parts: &[&'static str], expected: u64) -> Option<String> {
        let parts = parts
            .iter()
            .map(|part| Ok(Bytes::from_static(part.as_bytes())));
        let content = stream::iter(parts.collect::<Vec<_>>()).boxed();
        let read: Result<Vec<Bytes>, _> = exactly(content, expected, None).try_collect().await;
        read.ok()
            .map(|parts| String::from_utf8(parts.concat()).unwrap())
    }

    //
    #[tokio::test]
    async fn only_a_content_of_the_stored_size_ends_cleanly() {
        assert_eq!(read(&["ab", "c"], 3).await.as_deref(), Some("abc"));
        assert_eq!(read(&[], 0).await.as_deref(), Some(""));
        assert_eq!(read(&["ab"], 3).await, None);
        assert_eq!(read(&["ab", "cd"], 3).await, None);
        assert_eq!(read(&["a"], 0).await, None);
    }
}

//! A content that can be sent again as long as nobody has read of it. It knows no storage.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use wharf_domain::content::{ContentType, Upload, UploadInterrupted, UploadStream};

/// A content that waits to be sent.
pub(super) struct Body {
    content: Slot,
    size_bytes: Option<u64>,
    content_type: ContentType,
}

type Slot = Arc<Mutex<Option<UploadStream>>>;

impl Body {
    pub(super) fn new(upload: Upload) -> Self {
        Self {
            content: Arc::new(Mutex::new(Some(upload.content))),
            size_bytes: upload.size_bytes,
            content_type: upload.content_type,
        }
    }

    /// The content, to be sent; `None` if somebody has read of it, or has it still.
    pub(super) fn lend(&self) -> Option<Upload> {
        let content = taken(&self.content)?;
        let lent = Lent {
            content: Some(content),
            slot: Arc::clone(&self.content),
            is_read: false,
        };
        Some(Upload {
            content: Box::pin(lent),
            size_bytes: self.size_bytes,
            content_type: self.content_type.clone(),
        })
    }
}

fn taken(slot: &Slot) -> Option<UploadStream> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// A content that goes back where it came from if it is dropped unread.
struct Lent {
    content: Option<UploadStream>,
    slot: Slot,
    is_read: bool,
}

impl Stream for Lent {
    type Item = Result<Bytes, UploadInterrupted>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.is_read = true;
        match &mut self.content {
            Some(content) => content.as_mut().poll_next(cx),
            None => Poll::Ready(None),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.is_read {
            *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = self.content.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};

    use super::*;

    fn body() -> Body {
        let content = stream::iter([Ok(Bytes::from_static(b"ab"))]).boxed();
        Body::new(Upload {
            content,
            size_bytes: Some(2),
            content_type: ContentType::octet_stream(),
        })
    }

    //
    #[tokio::test]
    async fn what_was_not_read_can_be_sent_again() {
        let body = body();
        drop(body.lend().unwrap());
        let mut again = body.lend().unwrap();
        assert_eq!(again.size_bytes, Some(2));
        assert!(body.lend().is_none(), "one at a time");
        let read = again.content.next().await.unwrap().unwrap();
        assert_eq!(read, "ab");
        assert!(again.content.next().await.is_none());
    }

    #[tokio::test]
    async fn what_was_read_is_gone() {
        let body = body();
        let mut lent = body.lend().unwrap();
        assert!(lent.content.next().await.is_some());
        drop(lent);
        assert!(body.lend().is_none());
    }
}

//! Uploads that do not reach their end. Whatever the cause, nothing of them is ever seen.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use futures_util::stream::{self, StreamExt};

use super::fixture::{
    announcements, chunks, content, interrupted, items, name, names, pattern, refusal, store,
    upload,
};
use crate::content::{Upload, UploadStream};
use crate::item::ItemId;
use crate::ports::storage::{NameConflict, StorageBackend, StorageErrorKind};

const NAME: &str = "file.bin";

/// The sender hangs up.
pub async fn an_interrupted_upload_leaves_nothing(storage: &dyn StorageBackend, folder: &ItemId) {
    let bytes = pattern(300_000);
    for announced in announcements(storage, 1_000_000) {
        for sent in [&bytes[..], &[]] {
            refuse(storage, folder, upload(interrupted(sent), announced)).await;
        }
    }
    check_unharmed(storage, folder).await;
}

/// The caller no longer wants the answer: the call is dropped in the middle.
pub async fn a_cancelled_upload_leaves_nothing(storage: &dyn StorageBackend, folder: &ItemId) {
    for announced in announcements(storage, 1_000_000) {
        let is_sent = Arc::new(AtomicBool::new(false));
        let content = stuck_after(&pattern(300_000), Arc::clone(&is_sent));
        let name = name(NAME);
        {
            let upload = upload(content, announced);
            let mut write = pin!(storage.write(folder, &name, NameConflict::Fail, upload));
            poll_fn(|context| {
                if is_sent.load(Ordering::Relaxed) {
                    return Poll::Ready(());
                }
                assert!(write.as_mut().poll(context).is_pending());
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
            assert_eq!(items(storage, folder).await.unwrap(), [], "while under way");
        }
        // The storage may still be clearing up, and must not show that either.
        for _ in 0..20 {
            assert_eq!(items(storage, folder).await.unwrap(), [], "once cancelled");
        }
    }
    check_unharmed(storage, folder).await;
}

/// Less comes than was announced.
pub async fn a_content_shorter_than_announced_is_refused(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let bytes = pattern(300_000);
    refuse(storage, folder, upload(chunks(&bytes), Some(300_001))).await;
    refuse(storage, folder, upload(chunks(&[]), Some(1))).await;
    check_unharmed(storage, folder).await;
}

/// More comes than was announced.
pub async fn a_content_longer_than_announced_is_refused(
    storage: &dyn StorageBackend,
    folder: &ItemId,
) {
    let bytes = pattern(300_000);
    refuse(storage, folder, upload(chunks(&bytes), Some(299_999))).await;
    refuse(storage, folder, upload(chunks(&bytes), Some(0))).await;
    check_unharmed(storage, folder).await;
}

async fn refuse(storage: &dyn StorageBackend, folder: &ItemId, upload: Upload) {
    let name = name(NAME);
    let stored = storage
        .write(folder, &name, NameConflict::Fail, upload)
        .await;
    assert_eq!(refusal(stored), StorageErrorKind::UploadInterrupted);
    assert_eq!(items(storage, folder).await.unwrap(), []);
    assert_eq!(storage.find(folder, &name).await.unwrap(), None);
}

/// The name is as free as before.
async fn check_unharmed(storage: &dyn StorageBackend, folder: &ItemId) {
    let file = store(storage, folder, &name(NAME), b"whole").await;
    assert_eq!(content(storage, &file.id).await, b"whole");
    assert_eq!(names(storage, folder).await, [NAME]);
}

/// A content that says when it was taken, and then never goes on.
fn stuck_after(content: &[u8], is_taken: Arc<AtomicBool>) -> UploadStream {
    let stuck = stream::poll_fn(move |_| {
        is_taken.store(true, Ordering::Relaxed);
        Poll::Pending
    });
    chunks(content).chain(stuck).boxed()
}

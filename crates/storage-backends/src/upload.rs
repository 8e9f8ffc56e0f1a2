//! Watches a content on its way to a storage. It knows no storage.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures_util::stream::{self, Stream, TryStreamExt};
use wharf_domain::content::{UploadInterrupted, UploadStream};

/// How a content came to its end, to be asked from beside the stream.
#[derive(Clone, Default)]
pub(crate) struct Ending(Arc<OnceLock<Result<u64, UploadInterrupted>>>);

impl Ending {
    /// The number of bytes that passed, once all have; an error if the sender stopped before.
    /// `None` while the content is still flowing.
    pub(crate) fn get(&self) -> Option<Result<u64, UploadInterrupted>> {
        self.0.get().copied()
    }

    /// Whether the sender stopped before the content's end.
    pub(crate) fn is_interrupted(&self) -> bool {
        matches!(self.get(), Some(Err(UploadInterrupted)))
    }

    fn set(&self, ending: Result<u64, UploadInterrupted>) {
        // The first ending counts; the stream yields nothing after it.
        let _ = self.0.set(ending);
    }
}

/// Passes the content on, and breaks it off if it is not exactly as long as announced: a storage
/// must never take a shortened content for a whole one.
pub(crate) fn watched(
    content: UploadStream,
    announced: Option<u64>,
) -> (
    impl Stream<Item = Result<Bytes, UploadInterrupted>> + Send,
    Ending,
) {
    let ending = Ending::default();
    let watch = Watch {
        content,
        announced,
        passed: 0,
        ending: ending.clone(),
    };
    let parts = stream::try_unfold(watch, |mut watch| async move {
        let part = watch.next_part().await;
        match part {
            Ok(Some(part)) => Ok(Some((part, watch))),
            Ok(None) => {
                watch.ending.set(Ok(watch.passed));
                Ok(None)
            }
            Err(interrupted) => {
                watch.ending.set(Err(interrupted));
                Err(interrupted)
            }
        }
    });
    (parts, ending)
}

struct Watch {
    content: UploadStream,
    announced: Option<u64>,
    passed: u64,
    ending: Ending,
}

impl Watch {
    async fn next_part(&mut self) -> Result<Option<Bytes>, UploadInterrupted> {
        let part = self.content.try_next().await?;
        self.passed += part.as_ref().map_or(0, |part| part.len() as u64);
        let fits = match (self.announced, &part) {
            (None, _) => true,
            (Some(announced), Some(_)) => self.passed <= announced,
            (Some(announced), None) => self.passed == announced,
        };
        if fits {
            Ok(part)
        } else {
            Err(UploadInterrupted)
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn content(parts: &[Result<&'static str, UploadInterrupted>]) -> UploadStream {
        let parts: Vec<_> = parts
            .iter()
            .map(|part| part.map(|text| Bytes::from_static(text.as_bytes())))
            .collect();
        stream::iter(parts).boxed()
    }

    async fn pass(
        parts: &[Result<&'static str, UploadInterrupted>],
        announced: Option<u64>,
    ) -> (bool, Option<Result<u64, UploadInterrupted>>) {
        let (stream, ending) = watched(content(parts), announced);
        assert_eq!(ending.get(), None);
        let is_whole = stream.try_collect::<Vec<_>>().await.is_ok();
        (is_whole, ending.get())
    }

    #[tokio::test]
    async fn a_content_as_long_as_announced_passes() {
        let parts = [Ok("abc"), Ok("de")];
        assert_eq!(pass(&parts, Some(5)).await, (true, Some(Ok(5))));
        assert_eq!(pass(&parts, None).await, (true, Some(Ok(5))));
        assert_eq!(pass(&[], Some(0)).await, (true, Some(Ok(0))));
    }

    #[tokio::test]
    async fn any_other_length_and_a_fault_break_it_off() {
        let interrupted = (false, Some(Err(UploadInterrupted)));
        assert_eq!(pass(&[Ok("abc")], Some(4)).await, interrupted);
        assert_eq!(pass(&[Ok("abc")], Some(2)).await, interrupted);
        let faulty = [Ok("abc"), Err(UploadInterrupted)];
        assert_eq!(pass(&faulty, None).await, interrupted);
        assert_eq!(pass(&faulty, Some(3)).await, interrupted);
    }
}

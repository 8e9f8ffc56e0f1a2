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
///
/// Whoever sends an announced number of bytes asks for no more than these, so the last part is held
/// back until the content has really ended; one of no bytes must have ended here.
///
/// # Errors
/// If no byte was announced and yet one came.
pub(crate) async fn watched(
    content: UploadStream,
    announced: Option<u64>,
) -> Result<
    (
        impl Stream<Item = Result<Bytes, UploadInterrupted>> + Send,
        Ending,
    ),
    UploadInterrupted,
> {
    let ending = Ending::default();
    let mut watch = Watch {
        content,
        announced,
        passed: 0,
        ending: ending.clone(),
    };
    if announced == Some(0) {
        watch.expect_end().await?;
    }
    let parts = stream::try_unfold(watch, |mut watch| async move {
        let part = watch.next_part().await;
        if let Err(interrupted) = part {
            watch.ending.set(Err(interrupted));
        }
        Ok(part?.map(|part| (part, watch)))
    });
    Ok((parts, ending))
}

struct Watch {
    content: UploadStream,
    announced: Option<u64>,
    passed: u64,
    ending: Ending,
}

impl Watch {
    async fn next_part(&mut self) -> Result<Option<Bytes>, UploadInterrupted> {
        if self.ending.get().is_some() {
            return Ok(None);
        }
        let Some(part) = self.content.try_next().await? else {
            if self.announced.is_some() {
                return Err(UploadInterrupted);
            }
            self.ending.set(Ok(self.passed));
            return Ok(None);
        };
        self.passed += part.len() as u64;
        match self.announced {
            Some(announced) if self.passed > announced => Err(UploadInterrupted),
            Some(announced) if self.passed == announced => {
                self.expect_end().await?;
                Ok(Some(part))
            }
            _ => Ok(Some(part)),
        }
    }

    async fn expect_end(&mut self) -> Result<(), UploadInterrupted> {
        while let Some(part) = self.content.try_next().await? {
            if !part.is_empty() {
                return Err(UploadInterrupted);
            }
        }
        self.ending.set(Ok(self.passed));
        Ok(())
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
        let Ok((stream, ending)) = watched(content(parts), announced).await else {
            return (false, Some(Err(UploadInterrupted)));
        };
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
        assert_eq!(pass(&[Ok("a")], Some(0)).await, interrupted);
    }

    // Whoever sends three bytes never asks for a fourth, so the ending must be known by then.
    #[tokio::test]
    async fn the_ending_is_known_with_the_last_announced_byte() {
        let sound = content(&[Ok("abc"), Ok("")]);
        let (stream, ending) = watched(sound, Some(3)).await.unwrap();
        let mut stream = std::pin::pin!(stream);
        assert_eq!(stream.next().await, Some(Ok("abc".into())));
        assert_eq!(ending.get(), Some(Ok(3)));
        let too_long = content(&[Ok("abc"), Ok("d")]);
        let (stream, ending) = watched(too_long, Some(3)).await.unwrap();
        let mut stream = std::pin::pin!(stream);
        assert_eq!(stream.next().await, Some(Err(UploadInterrupted)));
        assert!(ending.is_interrupted());
    }
}
